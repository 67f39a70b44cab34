variable "label" {
  type = string
}

variable "who" {
  type = string
}

variable "hours" {
  type = number

  validation {
    condition     = var.hours <= 8
    error_message = "Nobody works more than eight hours."
  }
}

resource "terraform_data" "slot" {
  input = var.hours
}

output "text" {
  value = "${var.label}: ${var.who}, ${terraform_data.slot.output} h"
}
