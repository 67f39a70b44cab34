# The names that the expressions of this folder may use. The id of `seed` is not
# known before it is created, what `jsondecode` makes of it has not even a type,
# and `unknown/` gives each of them the type that it declares.

terraform {
  required_version = ">= 1.11"
}

resource "terraform_data" "seed" {}

module "unknown" {
  source = "./unknown"
  string = local.any
  number = local.any
  bool   = local.any
  list   = local.any
  set    = local.any
  map    = local.any
  object = local.any
}

locals {
  any    = jsondecode(terraform_data.seed.id) # unknown of unknown type
  string = module.unknown.string              # string
  number = module.unknown.number              # number
  bool   = module.unknown.bool                # bool
  list   = module.unknown.list                # list(string)
  set    = module.unknown.set                 # set(string)
  map    = module.unknown.map                 # map(number)
  object = module.unknown.object              # object({ a = string, b = number })
}

# Known values, for what a diagnostic says about operands.
locals {
  name    = "Ada"
  answer  = 42
  yes     = true
  nothing = null
  empty   = []
  words   = ["tea", "cake"]
  typed   = tolist(["tea", "cake"])
  unique  = toset(["tea", "cake"])
  ages    = tomap({ Ada = 36, Bob = 41 })
  person  = { name = "Ada", age = 36, tags = ["x"], secret = sensitive("s") }
  secret  = sensitive("hush")
  longtxt = "one line\nand another line"
}
