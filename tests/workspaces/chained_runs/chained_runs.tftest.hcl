run "ada_takes_the_first_room" {
  variables {
    guest = "Ada"
  }

  assert {
    condition     = output.room == 1
    error_message = "The first room is free."
  }
}

run "bob_takes_the_next" {
  variables {
    guest = "Bob"
    room  = run.ada_takes_the_first_room.next_room
  }

  assert {
    condition     = output.room == run.ada_takes_the_first_room.room + 1
    error_message = "Bob's room lies after Ada's."
  }
}

run "all_guests_are_known" {
  command = plan

  variables {
    guest = join(" and ", keys(merge(run.ada_takes_the_first_room.rooms, run.bob_takes_the_next.rooms)))
    room  = run.bob_takes_the_next["next_room"]
  }

  assert {
    condition     = var.guest == "Ada and Bob"
    error_message = "Both guests are on the list."
  }

  assert {
    condition     = var.room == 3
    error_message = "The third room is next."
  }
}
