# Stands in for a data source that asks the finished site for a page.

variable "endpoint" {
  type = string
}

resource "terraform_data" "page" {
  input = { url = "${var.endpoint}/index.html", status = 200 }
}

output "status" {
  value = terraform_data.page.output.status
}

output "url" {
  value = terraform_data.page.output.url
}
