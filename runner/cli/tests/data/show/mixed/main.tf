variable "s" {
  default = "sec"
  sensitive = true
}
variable "w" { default = 1 }
resource "terraform_data" "a" {
  count = 2
  input = { a = 1, b = [1, "x", null, true], c = { d = "multi\nline", "key with space" = [] , e = {}}, n = null }
  triggers_replace = ["x"]
}
resource "terraform_data" "b" {
  for_each = toset(["k"])
  input = [for x in range(2): {x = x}]
}
resource "terraform_data" "c" {
  input = var.s
}
resource "terraform_data" "d" {
  input = "multi\nline\n"
}
resource "terraform_data" "w" {
  input = var.w == 1 ? "x" : null
  triggers_replace = var.w
}
resource "terraform_data" "l" {
  input = var.w == 1 ? ["a","b","c","d","e"] : ["a", "b", "c", "x", "e"]
}
resource "terraform_data" "mp" {
  input = tomap({a = "x", b = "${var.w}"})
}
module "m" {
  source = "./m"
}
output "o" { value = { a = [1,2], b= "x"} }
output "t" { value = [1, {a=2}] }
output "e" { value = [] }
output "n" { value = null }
output "num" { value = 1.5 }
output "ml" { value = "a\nb" }
output "sec" { 
value = var.s
sensitive = true
 }
output "js" { value = jsonencode({a=[1,2], b= var.w}) }
