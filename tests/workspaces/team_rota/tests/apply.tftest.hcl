variables {
  people = ["Dan", "Eve", "Fay", "Gus"]
}

run "badges_and_notice" {
  assert {
    condition     = output.notice == <<-EOT
      mon: Dan
      tue: Eve
      wed: Fay
      thu: Gus
      fri: Dan
    EOT
    error_message = "The notice ends with a line break that the heredoc has and the notice has not."
  }

  assert {
    condition     = output.first_badge == "Dan"
    error_message = "Dan has the first badge."
  }

  assert {
    condition     = output.badges["Eve"].number == 2
    error_message = "Eve has the second badge."
  }

  assert {
    condition     = [for badge in terraform_data.badge : badge.output.person] == tolist(var.people)
    error_message = "A tuple never equals a list, whatever ${var.people[0]} thinks."
  }

  assert {
    condition     = output.badges["Fay"].pin != "1234"
    error_message = "The pin is the same for everybody."
  }
}

run "late_shift_is_gone" {
  variables {
    shifts = { early = 6 }
  }

  assert {
    condition     = keys(output.shifts) == ["early"] && module.rota["early"].total_hours == 30
    error_message = "Only the early shift is left."
  }

  assert {
    condition     = output.shifts["early"][0] == "early on fri: Dan, 6 h"
    error_message = "Days are in the order of their names."
  }
}

run "one_more_than_badges" {
  variables {
    people = ["Dan", "Eve", "Fay", "Gus", "Hal"]
  }

  expect_failures = [terraform_data.badge[4]]
}

run "same_notice" {
  command = plan

  assert {
    condition     = terraform_data.notice.output == run.badges_and_notice.notice
    error_message = "Nothing has changed for the notice."
  }
}
