# Three states: the setup module's, the main module's and the loader module's.
# At the end they are destroyed in the reverse order of the runs: first what the
# loader holds, then the site, then the name that the setup made for it.

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
