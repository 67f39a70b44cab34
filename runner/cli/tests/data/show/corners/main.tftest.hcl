run "plan" {
  command = plan
}

run "apply" {}

run "plan_update" {
  command = plan

  variables {
    edition = 1
  }
}

run "apply_update" {
  variables {
    edition = 1
  }
}

run "plan_back" {
  command = plan
}
