# Gives an unknown value a type, and nothing else: no refinement.

variable "string" {
  type = string
}

variable "number" {
  type = number
}

variable "bool" {
  type = bool
}

variable "list" {
  type = list(string)
}

variable "set" {
  type = set(string)
}

variable "map" {
  type = map(number)
}

variable "object" {
  type = object({ a = string, b = number })
}

output "string" {
  value = var.string
}

output "number" {
  value = var.number
}

output "bool" {
  value = var.bool
}

output "list" {
  value = var.list
}

output "set" {
  value = var.set
}

output "map" {
  value = var.map
}

output "object" {
  value = var.object
}
