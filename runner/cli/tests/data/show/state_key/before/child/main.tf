resource "terraform_data" "in_child" {}
