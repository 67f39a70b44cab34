variable "edition" {
  type    = number
  default = 0
}

variable "nothing" {
  type    = string
  default = null
}

resource "terraform_data" "source" {
  triggers_replace = var.edition
}

# Attributes with these names are shown even where they have not changed.
resource "terraform_data" "important" {
  input = {
    id    = { a = 1, b = 2 }
    name  = [1, 2, 3, 4, 5]
    tags  = { a = 1, b = var.edition, c = { d = 1 } }
    other = { tags = { a = var.edition, b = 1 } }
    none  = 1
  }
}

resource "terraform_data" "unknown" {
  input = [
    { from_null = null, list = ["a", "b", "c"], object = { a = 1, b = 2 }, text = "a\nb", list_id = ["x", "y", "z"] },
    {
      from_null = terraform_data.source.id
      list      = ["a", terraform_data.source.id, "c"]
      object    = { a = 1, b = terraform_data.source.id }
      text      = terraform_data.source.id
      list_id   = ["x", "y", "z", terraform_data.source.id, "w"]
    },
  ][var.edition]
}

resource "terraform_data" "unknown_from_start" {
  input = {
    list   = [terraform_data.source.id, "a", { id = terraform_data.source.id }]
    set    = toset([terraform_data.source.id, "z"])
    map    = tomap({ a = terraform_data.source.id, b = "x" })
    joined = "id ${terraform_data.source.id}"
    whole  = terraform_data.source
  }
}

resource "terraform_data" "numbers" {
  input = [
    [1e3, 1e25, 1e-10, -0.5, 100000000000000000000000000000000000000000, 1.10, 1234567, 0.1],
    [1e4, 1e26, 2e-10, -0.25, 1, 1.2, 12345678, 0.2],
  ][var.edition]
}

resource "terraform_data" "json" {
  for_each = {
    numbers  = ["[1234567, 1.50, 1e5, 12345678901234567890, -0.0, 1E+2]", "[1234568, 1.5, 1e5, 12345678901234567891, 0, 100]"][var.edition]
    space    = [" {\"a\":1}", " {\"a\":2}"][var.edition]
    space_nl = ["\n{\"a\":1}", "\n{\"a\":2}"][var.edition]
    trailing = ["{\"a\":1}\n", "{\"a\":1} "][var.edition]
    invalid  = ["{\"a\":1,}", "{\"a\":2,}"][var.edition]
    brace    = ["{a}", "[a]"][var.edition]
    type     = ["{\"a\":1}", "[1]"][var.edition]
    twice    = ["{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":3}"][var.edition]
    escapes  = ["[\"\\u00e4\\n\\\"\\ud83d\\ude00\\/\"]", "[\"\\u00e5\\n\\\"\\ud83d\\ude00\\/\"]"][var.edition]
    lines    = ["{\"text\":\"a\\nb\\n\"}", "{\"text\":\"a\\nc\\n\"}"][var.edition]
    inner    = [jsonencode({ inner = jsonencode([1]) }), jsonencode({ inner = jsonencode([2]) })][var.edition]
    moved    = ["{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"][var.edition]
    null     = ["{\"a\":null}", "{\"a\":1}"][var.edition]
    keyless  = ["{\"b\":1}", "{\"b\":null,\"c\":null}"][var.edition]
  }
  input = each.value
}

resource "terraform_data" "keys" {
  input = { "üüüü" = var.edition, abc = 1, "quoted key" = { "日本" = 1, x = var.edition } }
}

resource "terraform_data" "many" {
  for_each = toset(["b", "10", "9", "a\"b", "a.b", "ä", ""])
}

resource "terraform_data" "a2" {}

resource "terraform_data" "a10" {}

resource "terraform_data" "A" {}

resource "terraform_data" "with-dash" {}

resource "terraform_data" "with_underscore" {}

module "a" {
  source = "./child"
  count  = 11
}

module "a2" {
  source = "./child"
}

module "only_deep" {
  source = "./only_deep"
}

module "A" {
  source = "./child"
}

output "null_in_map" {
  value = tomap({ a = var.nothing, b = "x" })
}

output "null_in_list" {
  value = tolist([var.nothing, "x"])
}

output "null_in_object" {
  value = { a = var.nothing, b = { c = null }, d = [{ e = null }] }
}

output "ünicode" {
  value = { "üüüü" = 1, abc = tomap({ "日本" = 1, x = 2 }) }
}

output "changing_type" {
  value = [1, { a = 1 }][var.edition]
}

output "empty" {
  value = ""
}

output "empty_inside" {
  value = { object = { a = "" }, list = ["", "x"], typed = tolist([""]), map = tomap({ a = "" }), set = toset(["", "a"]) }
}

output "zero" {
  value = 0
}

output "blank" {
  value = [" ", "  \n "][var.edition]
}

output "mixed" {
  value = { list = tolist(["a\nb", "c"]), json = jsonencode([1]), tuple = [null, [], {}] }
}

output "tags" {
  value = { tags = { a = var.edition, b = 1 } }
}

output "source" {
  value = terraform_data.source
}
