run "turns_go_round" {
  command = plan

  assert {
    condition     = output.turns == { mon = "Ada", tue = "Bob", wed = "Cleo", thu = "Ada", fri = "Bob" }
    error_message = "After the last comes the first."
  }

  assert {
    condition     = length(module.rota) == 2 && length(terraform_data.badge) == 3
    error_message = "Two shifts, three badges."
  }

  assert {
    condition     = terraform_data.badge[2].input.person == "Cleo"
    error_message = "The third badge is Cleo's."
  }

  assert {
    condition     = terraform_data.badge[0].input.pin == "1234" && var.badges == 4
    error_message = "The pin comes from the module's tfvars, the badges from the tests' own."
  }
}

run "nobody" {
  command = plan

  variables {
    people = []
  }

  expect_failures = [var.people]
}

run "twins" {
  command = plan

  variables {
    people = ["Ada", "Ada"]
  }

  expect_failures = [var.people]
}

run "nameless" {
  command = plan

  variables {
    people = ["Ada", "B", "Cleo"]
  }

  expect_failures = [terraform_data.badge]
}

run "unfair" {
  command = plan

  variables {
    people = ["Ada", "Bob"]
  }

  expect_failures = [check.fair]
}

run "too_short" {
  variables {
    shifts = { early = 6, late = 3 }
  }

  expect_failures = [check.staffed]
}
