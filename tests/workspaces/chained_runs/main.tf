variable "guest" {
  type = string
}

variable "room" {
  type    = number
  default = 1
}

resource "terraform_data" "booking" {
  input = { guest = var.guest, room = var.room }
}

output "room" {
  value = terraform_data.booking.output.room
}

output "next_room" {
  value = terraform_data.booking.output.room + 1
}

output "rooms" {
  value = { (var.guest) = var.room }
}
