variable "count_of" {
  type    = number
  default = 2
}

variable "keys" {
  type    = set(string)
  default = ["a", "b"]
}

variable "input" {
  type    = any
  default = "one"
}

variable "trigger" {
  type    = any
  default = "first"
}

variable "extra" {
  type    = bool
  default = true
}

resource "terraform_data" "counted" {
  count = var.count_of
  input = "${count.index} of ${var.count_of}"
}

resource "terraform_data" "keyed" {
  for_each = var.keys
  input    = each.key
}

resource "terraform_data" "updated" {
  input            = var.input
  triggers_replace = "never"
}

resource "terraform_data" "replaced" {
  input            = "constant"
  triggers_replace = var.trigger
}

resource "terraform_data" "created_before_destroyed" {
  input            = var.input
  triggers_replace = var.trigger

  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "triggered" {
  input = "constant"

  lifecycle {
    replace_triggered_by = [terraform_data.updated]
  }
}

resource "terraform_data" "dependent" {
  input = terraform_data.updated.output
}

resource "terraform_data" "reader_of_id" {
  input            = { id = terraform_data.replaced.id, constant = 1 }
  triggers_replace = [terraform_data.replaced.id, "x"]
}

resource "terraform_data" "switched" {
  count = var.extra ? 1 : 0
  input = "single"
}

resource "terraform_data" "ten" {
  count = var.count_of > 2 ? 12 : 1
}

module "child" {
  source   = "./child"
  for_each = var.keys
  name     = each.key
}

module "counted" {
  source = "./child"
  count  = var.count_of
  name   = "counted ${count.index}"
}

# What a resource that is created before it is destroyed depends on is so, too.
resource "terraform_data" "needed_first" {
  triggers_replace = var.trigger
}

resource "terraform_data" "needs_it" {
  input            = terraform_data.needed_first.id
  triggers_replace = var.trigger

  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "ignoring" {
  input            = var.input
  triggers_replace = var.trigger

  lifecycle {
    ignore_changes = [input, triggers_replace]
  }
}

output "id" {
  value = terraform_data.replaced.id
}

output "dependent" {
  value = terraform_data.dependent.output
}

output "all" {
  value = terraform_data.keyed
}
