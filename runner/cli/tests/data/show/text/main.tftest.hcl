run "plan" {
  command = plan
}

run "apply" {}

run "plan_update" {
  command = plan

  variables {
    edition = "two"
  }
}

run "apply_update" {
  variables {
    edition = "two"
  }
}
