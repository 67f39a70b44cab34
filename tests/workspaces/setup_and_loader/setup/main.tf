# Makes a name that nobody else has.

resource "terraform_data" "suffix" {
  input = "test"
}

output "bucket" {
  value = "site-${terraform_data.suffix.output}"
}
