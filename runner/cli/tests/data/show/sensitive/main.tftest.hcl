run "plan" {
  command = plan
}

run "apply" {}

run "plan_update" {
  command = plan

  variables {
    secret = "other"
  }
}

run "plan_plain" {
  command = plan

  variables {
    plain = "other"
  }
}

run "plan_marks" {
  command = plan

  variables {
    now_sensitive = true
  }
}

run "plan_marks_and_value" {
  command = plan

  variables {
    now_sensitive = true
    plain         = "other"
  }
}

run "apply_marks" {
  variables {
    now_sensitive = true
  }
}

run "plan_unmarked" {
  command = plan
}

run "plan_unmarked_and_value" {
  command = plan

  variables {
    plain = "other"
  }
}
