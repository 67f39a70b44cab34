locals {
  days = ["mon", "tue", "wed", "thu", "fri"]

  # Everybody takes a turn, in the order of the list.
  turns = {
    for index, day in local.days : day => element(var.people, index)
  }
}

module "rota" {
  source = "./modules/rota"

  for_each = var.shifts

  name  = each.key
  hours = each.value
  turns = local.turns
}

resource "terraform_data" "badge" {
  count = length(var.people)

  input = {
    number = count.index + 1
    person = var.people[count.index]
    pin    = var.pin
  }

  lifecycle {
    precondition {
      condition     = length(var.people[count.index]) > 1
      error_message = "${var.people[count.index]} is not a name."
    }

    postcondition {
      condition     = self.output.number <= var.badges
      error_message = "There is no badge with the number ${self.output.number}."
    }
  }
}

resource "terraform_data" "notice" {
  input      = join("\n", [for day in local.days : "${day}: ${local.turns[day]}"])
  depends_on = [terraform_data.badge]
}

check "fair" {
  assert {
    condition     = length(local.days) % length(var.people) == 0 || length(var.people) > length(local.days) / 2
    error_message = "Some people work more than others: ${join(", ", var.people)}."
  }
}

check "staffed" {
  assert {
    condition     = alltrue([for shift in module.rota : shift.total_hours >= 20])
    error_message = "A shift is too short."
  }
}
