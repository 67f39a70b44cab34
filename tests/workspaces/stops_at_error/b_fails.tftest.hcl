run "fails" {
  command = plan

  assert {
    condition     = output.last == "dry"
    error_message = "Nobody dries anything here."
  }

  assert {
    condition     = length(terraform_data.step) == length(var.steps) + 1
    error_message = "There is no step for drying."
  }
}

# A failure, unlike an error, lets the later runs go on.
run "goes_on" {
  variables {
    steps = ["dry"]
  }

  assert {
    condition     = terraform_data.step[0].output == output.last
    error_message = "The only step is the last."
  }
}
