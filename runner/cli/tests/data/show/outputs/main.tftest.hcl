run "plan" {
  command = plan
}

run "apply" {}

run "plan_nothing" {
  command = plan
}

run "plan_update" {
  command = plan

  variables {
    edition = 2
  }
}

run "apply_update" {
  variables {
    edition = 2
  }
}
