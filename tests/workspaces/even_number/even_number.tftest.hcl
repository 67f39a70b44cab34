run "zero_is_even" {
  command = plan

  variables {
    number = 0
  }

  assert {
    condition     = output.half == 0
    error_message = "Half of nothing is nothing."
  }
}

run "one_is_odd" {
  command = plan

  variables {
    number = 1
  }

  expect_failures = [
    var.number,
  ]
}

run "minus_three_fails_twice" {
  command = plan

  variables {
    number = -3
  }

  expect_failures = [var.number]
}

run "a_hundred_and_two_is_too_much" {
  command = plan

  variables {
    number = 102
  }

  expect_failures = [output.half]
}
