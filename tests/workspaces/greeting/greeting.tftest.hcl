variables {
  name = "Ada"
}

run "joins_the_words" {
  command = plan

  assert {
    condition     = output.greeting == "Hello, Ada!"
    error_message = "The greeting is put together in the wrong way."
  }
}

# This one fails, so that you can see what a failure looks like.
run "asks_politely" {
  command = plan

  variables {
    mark = "?"
  }

  assert {
    condition     = output.greeting == "Hello, ${var.name}!"
    error_message = "A greeting is not a question."
  }
}

run "writes_the_card" {
  assert {
    condition     = terraform_data.card.output == "Hello, Ada!"
    error_message = "The card says something else."
  }

  assert {
    condition     = length(terraform_data.card.id) == 36
    error_message = "A written card has an id."
  }
}
