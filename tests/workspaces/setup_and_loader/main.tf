variable "bucket" {
  type = string
}

variable "files" {
  type    = map(string)
  default = { "index.html" = "Hello!", "error.html" = "Sorry." }
}

# Stands in for an uploaded file.
resource "terraform_data" "file" {
  for_each = var.files
  input    = { key = "${var.bucket}/${each.key}", content = each.value }
}

output "endpoint" {
  value = "http://${var.bucket}.example.com"
}

output "keys" {
  value = [for file in terraform_data.file : file.output.key]
}
