run "plan" {
  command = plan
}

run "apply" {}
