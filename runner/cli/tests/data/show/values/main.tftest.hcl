run "plan" {
  command = plan
}

run "apply" {}

run "plan_again" {
  command = plan
}

run "apply_again" {}
