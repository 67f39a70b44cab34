run "plan_create" {
  command = plan
}

run "apply_create" {}

run "plan_nothing" {
  command = plan
}

run "plan_update" {
  command = plan

  variables {
    input = "two"
  }
}

run "plan_replace" {
  command = plan

  variables {
    trigger = "second"
  }
}

run "plan_grow" {
  command = plan

  variables {
    count_of = 3
    keys     = ["a", "c"]
    extra    = false
  }
}

run "apply_grow" {
  variables {
    count_of = 3
    keys     = ["a", "c"]
    extra    = false
  }
}

run "plan_all" {
  command = plan

  variables {
    count_of = 1
    keys     = []
    input    = { now = "an object" }
    trigger  = ["a", "list"]
  }
}

run "apply_all" {
  variables {
    count_of = 1
    keys     = []
    input    = { now = "an object" }
    trigger  = ["a", "list"]
  }
}

run "replace_option" {
  command = plan

  plan_options {
    replace = [terraform_data.updated]
  }

  variables {
    count_of = 1
    keys     = []
    input    = { now = "an object" }
    trigger  = ["a", "list"]
  }
}

run "target" {
  command = plan

  plan_options {
    target = [terraform_data.updated]
  }

  variables {
    input = "targeted"
  }
}

run "refresh_only" {
  command = plan

  plan_options {
    mode = refresh-only
  }
}
