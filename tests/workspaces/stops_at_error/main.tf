variable "steps" {
  type    = list(string)
  default = ["wash", "rinse", "repeat"]
}

resource "terraform_data" "step" {
  count = length(var.steps)
  input = var.steps[count.index]
}

output "last" {
  value = var.steps[length(var.steps) - 1]
}
