module "child" {
  source = "./child"
}

module "other" {
  source = "./child"
}

output "id" {
  value = module.child.id
}
