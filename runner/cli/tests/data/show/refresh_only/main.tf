variable "instances" {
  type    = number
  default = 1
}

resource "terraform_data" "one" {
  input = var.instances
}

resource "terraform_data" "counted" {
  count = var.instances
}

resource "terraform_data" "keyed" {
  for_each = toset([for index in range(var.instances) : "k${index}"])
}

output "instances" {
  value = var.instances
}

output "one" {
  value = terraform_data.one.output
}

output "counted" {
  value = terraform_data.counted
}

output "keyed" {
  value = terraform_data.keyed
}

output "first" {
  value = try(terraform_data.keyed["k0"].id, "none")
}

output "ids" {
  value = terraform_data.counted[*].id
}
