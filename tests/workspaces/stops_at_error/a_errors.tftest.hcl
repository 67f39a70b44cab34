run "starts_well" {
  assert {
    condition     = output.last == "repeat"
    error_message = "Nothing is wrong yet."
  }
}

# An output of an empty list cannot be computed: this is an error, not a failure.
run "no_steps" {
  variables {
    steps = []
  }
}

run "never_runs" {
  assert {
    condition     = output.last == "repeat"
    error_message = "It is skipped."
  }
}

run "nor_does_this" {
  command = plan
}
