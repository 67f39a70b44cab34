resource "terraform_data" "z" {}

resource "terraform_data" "b" {
  count = 2
}

module "deep" {
  source = "./deep"
}
