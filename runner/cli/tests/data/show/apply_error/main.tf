resource "terraform_data" "regretted" {
  input = "x"

  lifecycle {
    postcondition {
      condition     = self.output != "x"
      error_message = "Regretted."
    }
  }
}

resource "terraform_data" "other" {}
