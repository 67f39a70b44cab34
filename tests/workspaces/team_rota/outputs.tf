output "turns" {
  value = local.turns
}

output "shifts" {
  value = { for name, shift in module.rota : name => shift.summary }
}

output "notice" {
  value = terraform_data.notice.output
}

output "badges" {
  value     = { for badge in terraform_data.badge : badge.output.person => badge.output }
  sensitive = true
}

output "first_badge" {
  value = one([for badge in terraform_data.badge : badge.output.person if badge.output.number == 1])
}
