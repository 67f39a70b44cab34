run "apply" {}

run "skipped" {}
