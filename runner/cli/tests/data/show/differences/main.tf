variable "edition" {
  type    = string
  default = "one"
}

locals {
  all = { one = local.one, two = local.two }
  one = {
    string_to_number   = "1"
    number             = 1
    bool               = true
    to_null            = "x"
    from_null          = null
    list_append        = ["a", "b", "c", "d", "e"]
    list_insert        = ["a", "b", "c", "d", "e"]
    list_remove        = ["a", "b", "c", "d", "e"]
    list_change        = ["a", "b", "c", "d", "e", "f", "g"]
    list_two           = ["a", "b", "c", "d", "e", "f", "g"]
    list_swap          = ["a", "b"]
    list_clear         = ["a", "b"]
    list_fill          = []
    list_nested        = [[1, 2], [3, 4]]
    list_objects       = [{ a = 1, b = "same" }, { a = 2, b = "same" }, { a = 3, b = "same" }]
    list_objects_more  = [{ a = 1, b = "same" }]
    list_objects_less  = [{ a = 1, b = "same" }, { a = 2, b = "same" }]
    list_to_object     = [1]
    object_to_string   = { a = 1 }
    string_to_list     = "x"
    object_change      = { a = 1, b = 2, c = 3, id = "x", name = "y", tags = { t = 1 } }
    object_add         = { a = 1 }
    object_remove      = { a = 1, b = 2, longer_name = 3 }
    object_clear       = { a = 1 }
    object_fill        = {}
    object_nested      = { a = { b = { c = 1, d = 2 }, e = 3 }, f = [1, 2, 3] }
    object_null        = { a = null, b = 1, c = null }
    element_to_null    = ["a", "b"]
    element_mixed      = ["a", 1, { x = 1 }]
    map_change         = tomap({ a = "1", "b-b" = "2" })
    set_change         = toset(["a", "b", "c"])
    same               = { a = [1, 2, 3] }
  }
  two = {
    string_to_number   = 1
    number             = 2
    bool               = false
    to_null            = null
    from_null          = "x"
    list_append        = ["a", "b", "c", "d", "e", "f"]
    list_insert        = ["a", "b", "x", "c", "d", "e"]
    list_remove        = ["a", "b", "d", "e"]
    list_change        = ["a", "b", "c", "x", "e", "f", "g"]
    list_two           = ["a", "x", "c", "d", "e", "y", "g"]
    list_swap          = ["b", "a"]
    list_clear         = []
    list_fill          = ["a", "b"]
    list_nested        = [[1, 2], [3, 5]]
    list_objects       = [{ a = 1, b = "same" }, { a = 4, b = "same" }, { a = 3, b = "same" }]
    list_objects_more  = [{ a = 0, b = "same" }, { a = 1, b = "same" }]
    list_objects_less  = [{ a = 2, b = "same" }]
    list_to_object     = { a = 1 }
    object_to_string   = "x"
    string_to_list     = ["x"]
    object_change      = { a = 1, b = 5, c = 3, id = "x", name = "y", tags = { t = 1 } }
    object_add         = { a = 1, longer_name = { b = 1 } }
    object_remove      = { a = 1 }
    object_clear       = {}
    object_fill        = { a = 1 }
    object_nested      = { a = { b = { c = 1, d = 4 }, e = 3 }, f = [1, 2, 3] }
    object_null        = { a = 1, b = null, c = null }
    element_to_null    = ["a", null]
    element_mixed      = ["b", true, { x = 2 }]
    map_change         = tomap({ a = "1", "b-b" = "3", c = "4" })
    set_change         = toset(["a", "c", "d"])
    same               = { a = [1, 2, 3] }
  }
}

resource "terraform_data" "separate" {
  for_each         = toset(keys(local.one))
  input            = local.all[var.edition][each.key]
  triggers_replace = "constant"
}

resource "terraform_data" "together" {
  triggers_replace = local.all[var.edition]
}

output "together" {
  value = local.all[var.edition]
}
