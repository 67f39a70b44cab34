resource "terraform_data" "counted" {
  for_each = toset(["a"])
}

resource "terraform_data" "keyed" {
  count = 1
}

resource "terraform_data" "was_keyed" {}

resource "terraform_data" "other_key" {
  for_each = toset(["z"])
}

module "child" {
  source = "./child"
}

output "stays" {
  value = 1
}
