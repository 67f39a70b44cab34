variable "name" {
  type = string
}

resource "terraform_data" "in_child" {
  input = "child ${var.name}"
}

module "grandchild" {
  source = "./grandchild"
  name   = var.name
}

output "id" {
  value = terraform_data.in_child.id
}
