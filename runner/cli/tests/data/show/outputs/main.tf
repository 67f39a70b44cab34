variable "edition" {
  type    = number
  default = 1
}

variable "nothing" {
  type    = string
  default = null
}

output "string" {
  value = "text ${var.edition}"
}

output "number" {
  value = var.edition
}

output "large" {
  value = 123456789012345678901234567890
}

output "fraction" {
  value = 1 / 3
}

output "bool" {
  value = var.edition == 1
}

output "null" {
  value = var.nothing
}

output "typed_null" {
  value = var.edition == 1 ? "something" : null
}

output "list" {
  value = tolist(["a", "b", "${var.edition}"])
}

output "set" {
  value = toset(["b", "a", "${var.edition}"])
}

output "map" {
  value = tomap({ a = 1, "b b" = var.edition, "c.c" = 3 })
}

output "object" {
  value = { a = 1, "b b" = var.edition, longer = [1, 2], null = null }
}

output "tuple" {
  value = [1, "two", { three = var.edition }, null]
}

output "empty_list" {
  value = tolist([])
}

output "empty_map" {
  value = tomap({})
}

output "empty_object" {
  value = {}
}

output "list_of_objects" {
  value = tolist([{ a = 1, b = "x" }, { a = var.edition, b = "y" }])
}

output "map_of_lists" {
  value = tomap({ x = [1, 2], y = [var.edition] })
}

output "set_of_objects" {
  value = toset([{ a = var.edition }, { a = 5 }])
}

output "nested" {
  value = { map = tomap({ a = toset([1]) }), list = tolist([tomap({ k = "v" })]) }
}

output "lines" {
  value = "first\nsecond ${var.edition}\n"
}

output "json" {
  value = jsonencode({ a = [1, var.edition] })
}

output "a_much_longer_name" {
  value       = "described"
  description = "Descriptions are not shown."
}
