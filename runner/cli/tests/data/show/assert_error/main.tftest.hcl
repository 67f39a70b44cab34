run "apply" {
  assert {
    condition     = terraform_data.regretted.output.missing == 1
    error_message = "Not reached."
  }
}
