badges = 4
