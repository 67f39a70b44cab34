run "before" {
  state_key = "shared"

  module {
    source = "./before"
  }
}

run "plan_after" {
  command   = plan
  state_key = "shared"

  module {
    source = "./after"
  }
}

run "after" {
  state_key = "shared"

  module {
    source = "./after"
  }
}
