run "first" {
  command = plan

  plan_options {
    mode = refresh-only
  }
}

run "apply" {}

run "more" {
  command = plan

  plan_options {
    mode = refresh-only
  }

  variables {
    instances = 2
  }
}

run "fewer" {
  command = plan

  plan_options {
    mode = refresh-only
  }

  variables {
    instances = 0
  }
}
