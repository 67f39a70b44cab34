# A test file with a bit of everything, to be torn apart.
variables {
  name  = "bob"
  extra = { a = 1, b = [1, 2, 3] }
}

mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = {
      arn = "arn:aws:s3:::bucket"
    }
  }
}

override_resource {
  target = terraform_data.main
  values = {
    output = "overridden"
  }
}

run "setup" {
  command = apply

  module {
    source = "./setup"
  }

  variables {
    seed = <<-EOT
      several
        lines ${var.name}
    EOT
  }
}

run "greets" {
  command = plan

  variables {
    name = run.setup.bucket.name
  }

  plan_options {
    mode   = refresh-only
    target = [terraform_data.main]
  }

  assert {
    condition     = length([for x in var.extra.b : x if x > 1]) == 2 && output.greeting == "hello ${var.name}"
    error_message = "Greeting was %{if var.name == ""}empty%{else}${output.greeting}%{endif}."
  }

  /* a comment
     over lines */
  assert {
    condition     = !can(regex("^\\d+$", var.name))
    error_message = "ünïcödé 𝒳 é"
  }

  expect_failures = [
    var.name,
    check.health,
  ]
}

run "last" {
  assert {
    condition     = try(run.greets.greeting, "none") != "none"
    error_message = "none"
  }
}
