variable "secret" {
  type      = string
  sensitive = true
  default   = "hidden"
}

variable "plain" {
  type    = string
  default = "shown"
}

variable "now_sensitive" {
  type    = bool
  default = false
}

variable "object" {
  type = object({
    user = string
    pass = string
  })
  sensitive = true
  default   = { user = "u", pass = "p" }
}

resource "terraform_data" "whole" {
  input = var.secret
}

resource "terraform_data" "inside" {
  input = {
    plain  = var.plain
    secret = var.secret
    list   = [var.plain, var.secret]
  }
}

resource "terraform_data" "trigger" {
  triggers_replace = { secret = var.secret }
}

resource "terraform_data" "object" {
  input = var.object
}

resource "terraform_data" "changes" {
  input = [var.plain, sensitive(var.plain)][var.now_sensitive ? 1 : 0]
}

resource "terraform_data" "changes_inside" {
  input = { value = [var.plain, sensitive(var.plain)][var.now_sensitive ? 1 : 0], other = "x" }
}

output "secret" {
  value     = var.secret
  sensitive = true
}

output "inside" {
  value     = { secret = var.secret, plain = var.plain }
  sensitive = true
}

output "not_marked" {
  value     = var.plain
  sensitive = true
}

resource "terraform_data" "removed" {
  count = var.plain == "shown" ? 1 : 0
  input = { secret = var.secret }
}

resource "terraform_data" "list" {
  input = ["same", [var.plain, sensitive(var.plain)][var.now_sensitive ? 1 : 0], var.now_sensitive]
}

output "plain" {
  value = var.plain
}
