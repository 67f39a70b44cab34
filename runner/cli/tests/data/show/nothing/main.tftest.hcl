run "plan_empty" {
  command = plan

  variables {
    value = "none"
  }
}

run "apply_empty" {
  variables {
    value = "none"
  }
}

run "plan_warned" {
  command = plan

  variables {
    value = "warned"
  }

  expect_failures = [check.warned]
}

run "plan_invalid" {
  command = plan

  variables {
    value = "invalid"
  }

  expect_failures = [var.value]
}

run "plan_refused" {
  command = plan

  variables {
    value = "refused"
  }

  expect_failures = [terraform_data.guarded]
}

run "apply_regretted" {
  variables {
    value = "regretted"
  }

  expect_failures = [terraform_data.guarded]
}

run "apply_fails" {
  assert {
    condition     = var.value == "never"
    error_message = "Failed."
  }
}

run "plan_error" {
  command = plan

  variables {
    value = "refused"
  }
}

run "apply_refused" {
  variables {
    value = "refused"
  }

  expect_failures = [terraform_data.guarded]
}
