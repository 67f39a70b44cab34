people = ["Ada", "Bob", "Cleo"]
pin    = "1234"
