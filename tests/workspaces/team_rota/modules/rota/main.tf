variable "name" {
  type = string
}

variable "hours" {
  type = number
}

variable "turns" {
  type = map(string)
}

module "slot" {
  source = "../slot"

  for_each = var.turns

  label = "${var.name} on ${each.key}"
  who   = each.value
  hours = var.hours
}

output "total_hours" {
  value = length(module.slot) * var.hours
}

output "summary" {
  value = [for day, slot in module.slot : slot.text]
}
