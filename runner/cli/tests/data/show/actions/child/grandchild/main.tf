variable "name" {
  type = string
}

resource "terraform_data" "in_grandchild" {
  input = "grandchild ${var.name}"
}
