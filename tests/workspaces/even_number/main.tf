variable "number" {
  type = number

  validation {
    condition     = var.number % 2 == 0
    error_message = "The number must be even."
  }

  validation {
    condition     = var.number >= 0
    error_message = "The number must not be negative."
  }
}

output "half" {
  value = var.number / 2

  precondition {
    condition     = var.number <= 100
    error_message = "Half of ${var.number} is too much."
  }
}
