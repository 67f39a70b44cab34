# Put beside the sample's own test file: a run that takes long enough to be cancelled.
variables {
  name = "Ada"
}

run "never_ends" {
  command = plan

  assert {
    condition     = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a + b + c]]]) == length(output.greeting)
    error_message = "There are as many."
  }
}
