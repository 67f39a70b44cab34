module "deep" {
  source = "./deep"
}
