variable "nothing" {
  type    = string
  default = null
}

resource "terraform_data" "string" {
  input = "one \"quoted\" ${"$"}{interpolation} %%{directive} tab\t backslash \\ umlaut ä bell \u0007 nbsp \u00a0"
}

resource "terraform_data" "number" {
  input            = 12345678901234567890.5
  triggers_replace = -0.25
}

resource "terraform_data" "bool" {
  input = true
}

resource "terraform_data" "empty" {}

resource "terraform_data" "empty_values" {
  input = { list = [], object = {}, string = "", map = tomap({}), set = toset([]) }
}

resource "terraform_data" "tuple" {
  input = [1, "two", true, null, [3, [4]], { five = 5 }]
}

resource "terraform_data" "object" {
  input = {
    a              = 1
    longer         = "text"
    "with-dash"    = 2
    "with space"   = 3
    "1digit"       = 4
    "dot.ted"      = 5
    "quo\"te"      = 6
    "ünicode"      = 7
    "$${template}" = 8
    ""             = 9
    null           = var.nothing
    nested = {
      list = ["x", "y"]
      deep = { deeper = { deepest = [{ a = 1 }, { b = 2 }] } }
    }
  }
}

resource "terraform_data" "map" {
  input = tomap({ one = "1", "two-2" = "2", "three three" = "3" })
}

resource "terraform_data" "set" {
  input = toset(["b", "a", "c"])
}

resource "terraform_data" "set_of_objects" {
  input = toset([{ a = 2, b = "x" }, { a = 1, b = "y" }])
}

resource "terraform_data" "list" {
  input            = tolist(["a", "b"])
  triggers_replace = [1, 2]
}

resource "terraform_data" "null_in_map" {
  input = tomap({ a = "x", b = var.nothing })
}
