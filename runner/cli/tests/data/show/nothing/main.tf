variable "value" {
  type    = string
  default = "fine"

  validation {
    condition     = var.value != "invalid"
    error_message = "Not this one."
  }
}

resource "terraform_data" "guarded" {
  count = var.value == "none" ? 0 : 1
  input = var.value

  lifecycle {
    precondition {
      condition     = var.value != "refused"
      error_message = "Refused."
    }

    postcondition {
      condition     = self.output != "regretted"
      error_message = "Regretted."
    }
  }
}

resource "terraform_data" "other" {
  count = var.value == "none" ? 0 : 1
}

check "warned" {
  assert {
    condition     = var.value != "warned"
    error_message = "Warned."
  }
}
