# 日本 👋🏽
mock_resource "aws_s3_bucket" {
  override_during = plan
  defaults = {
    arn  = "arn:aws:s3:::${lower("NAME")}"
    tags = { a = [for x in [1, 2] : x * 2] }
  }
}

mock_data "aws_ami" {
  defaults = { id = <<-EOT
    ami-1
  EOT
  }
}

override_data {
  target = data.aws_ami.main
  values = { id = null }
}
