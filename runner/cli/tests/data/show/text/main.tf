variable "edition" {
  type    = string
  default = "one"
}

locals {
  one = {
    lines       = "first\nsecond\nthird\n"
    unended     = "first\nsecond"
    newline     = "\n"
    leading     = "\nfirst"
    spaces      = "  first\n\tsecond\n\n  third  \n"
    delimiter   = "first\nEOT\n"
    escapes     = "a \"b\" \\ $${c} %%{d}\nsecond"
    carriage    = "a\r\nb\r\n"
    becomes     = "single"
    was         = "a\nb"
    json_object = jsonencode({ a = 1, b = [1, 2, { c = null }], "d e" = "text", empty = {}, list = [] })
    json_array  = "[1, \"two\", false]"
    json_spaced = "{ \"a\" : 1 }"
    json_string = "\"text\""
    json_number = "12"
    json_lines  = "{\n  \"a\": 1,\n  \"b\": [1,2]\n}\n"
    json_empty  = "{}"
    json_none   = "[]"
    same        = "not\nchanged"
  }
  two = {
    lines       = "first\nother\nthird\nfourth\n"
    unended     = "second\nfirst"
    newline     = "\n\n"
    leading     = "first"
    spaces      = "  first\n    second\n\n  third\n"
    delimiter   = "EOT\nEOT_\n"
    escapes     = "a \"b\" \\ $${c} %%{e}\nsecond"
    carriage    = "a\nb\n"
    becomes     = "now\nmany"
    was         = "single"
    json_object = jsonencode({ a = 2, b = [1, 3, { c = null }], "d e" = "text", f = { g = "h" }, empty = {} })
    json_array  = "[1, \"two\", true, 4]"
    json_spaced = "{\"a\":1}"
    json_string = "\"texts\""
    json_number = "13"
    json_lines  = "{\n  \"a\": 1,\n  \"b\": [2,3]\n}\n"
    json_empty  = "{\"a\":1}"
    json_none   = "text"
    same        = "not\nchanged"
  }
}

resource "terraform_data" "text" {
  for_each = var.edition == "one" ? local.one : local.two
  input    = each.value
}

resource "terraform_data" "gone" {
  for_each = var.edition == "one" ? local.one : tomap({})
  input    = each.value
}

resource "terraform_data" "gone_inside" {
  count            = var.edition == "one" ? 1 : 0
  input            = [local.one]
  triggers_replace = { a = [1, { b = null }], empty = {}, list = [] }
}

resource "terraform_data" "nested" {
  input = [{ text = var.edition == "one" ? local.one : local.two }]
}

output "text" {
  value = var.edition == "one" ? local.one : local.two
}

output "lines" {
  value = var.edition == "one" ? local.one.lines : local.two.lines
}
