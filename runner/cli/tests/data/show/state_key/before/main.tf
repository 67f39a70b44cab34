resource "terraform_data" "gone" {}

resource "terraform_data" "counted" {
  count = 2
}

resource "terraform_data" "keyed" {
  for_each = toset(["a<b"])
}

resource "terraform_data" "was_keyed" {
  for_each = toset(["a"])
}

resource "terraform_data" "other_key" {
  for_each = toset(["a<b", "quo\"te"])
}

module "child" {
  source = "./child"
}

output "gone" {
  value = { a = 1 }
}

output "stays" {
  value = 1
}
