variables {
  product = "lamp"
  region  = "south"

  size = {
    width = 3
  }
}

run "file_variables_reach_every_run" {
  command = plan

  assert {
    condition     = output.title == "lamp (south)"
    error_message = "The file sets the product and the region."
  }

  assert {
    condition     = output.area == 30
    error_message = "The height of an object has a default of its own."
  }

  assert {
    condition     = var.size.unit == null
    error_message = "An optional attribute without a default is null."
  }
}

run "run_variables_win" {
  command = plan

  variables {
    region = "east"
    size   = { width = "4", height = 5, unit = "cm" }
    labels = { shelf = 7 }
  }

  assert {
    condition     = output.title == "lamp (east)"
    error_message = "The run sets the region, the file the product."
  }

  assert {
    condition     = output.area == 20
    error_message = "The width is converted to a number."
  }

  assert {
    condition     = output.labels == { product = "lamp", shelf = "7" }
    error_message = "The values of a map of strings are strings."
  }
}

run "run_variables_are_forgotten" {
  command = plan

  assert {
    condition     = output.title == "lamp (south)"
    error_message = "The region of the run before is gone."
  }
}

run "run_variables_may_use_file_variables" {
  command = plan

  variables {
    product = "${var.product} stand"
    labels  = { of = upper(var.product) }
  }

  assert {
    condition     = output.labels["product"] == "lamp stand" && output.labels["of"] == "LAMP"
    error_message = "var.product is the file's when the run's variables are evaluated."
  }
}

run "null_means_the_default" {
  command = plan

  variables {
    note   = null
    labels = null
  }

  assert {
    condition     = output.note == "no note"
    error_message = "A variable that is not nullable takes its default for null."
  }

  assert {
    condition     = var.labels == null && keys(output.labels) == ["product"]
    error_message = "A nullable variable stays null, and merge takes no notice of it."
  }
}

run "secrets_stay_secret" {
  command = plan

  variables {
    password = "correct horse"
  }

  assert {
    condition     = var.password == "correct horse" && output.password_length == 13
    error_message = "The password is not what was given."
  }
}
