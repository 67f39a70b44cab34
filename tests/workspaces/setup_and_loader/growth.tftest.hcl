# What counts for the order of the clean-up is the last run that wrote a state:
# here the main module's comes first, then the loader's, then the setup's.

run "setup" {
  module {
    source = "./setup"
  }
}

run "create_site" {
  variables {
    bucket = run.setup.bucket
  }

  assert {
    condition     = output.keys == ["site-test/error.html", "site-test/index.html"]
    error_message = "The files lie in the bucket."
  }
}

run "site_answers" {
  module {
    source = "./loader"
  }

  variables {
    endpoint = run.create_site.endpoint
  }

  assert {
    condition     = output.status == 200
    error_message = "The site does not answer."
  }
}

run "site_grows" {
  variables {
    bucket = run.setup.bucket
    files  = { "index.html" = "Hello!", "about.html" = "It is us." }
  }

  assert {
    condition     = keys(terraform_data.file) == ["about.html", "index.html"]
    error_message = "A file that is no longer wanted is taken away."
  }
}
