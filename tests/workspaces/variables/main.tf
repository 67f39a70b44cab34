variable "product" {
  type = string
}

variable "region" {
  type    = string
  default = "north"
}

variable "size" {
  type = object({
    width  = number
    height = optional(number, 10)
    unit   = optional(string)
  })
  default = { width = 5 }
}

variable "labels" {
  type    = map(string)
  default = {}
}

variable "password" {
  type      = string
  sensitive = true
  default   = "swordfish"
}

variable "note" {
  type     = string
  nullable = false
  default  = "no note"
}

output "title" {
  value = "${var.product} (${var.region})"
}

output "area" {
  value = var.size.width * var.size.height
}

output "labels" {
  value = merge({ product = var.product }, var.labels)
}

output "password_length" {
  value = nonsensitive(length(var.password))
}

output "note" {
  value = var.note
}
