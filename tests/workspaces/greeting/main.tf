variable "name" {
  description = "Who is greeted."
  type        = string
}

variable "mark" {
  description = "What ends the sentence."
  type        = string
  default     = "!"
}

locals {
  greeting = "Hello, ${var.name}${var.mark}"
}

resource "terraform_data" "card" {
  input = local.greeting
}

output "greeting" {
  value = local.greeting
}

output "card" {
  description = "What the card says once it is written."
  value       = terraform_data.card.output
}
