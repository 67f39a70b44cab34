resource "terraform_data" "x" {}
output "y" { value = 1 }
