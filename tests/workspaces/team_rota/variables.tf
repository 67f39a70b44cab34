variable "people" {
  description = "First names, in the order of their turns."
  type        = list(string)

  validation {
    condition     = length(var.people) > 0
    error_message = "Somebody must do the work."
  }

  validation {
    condition     = length(distinct(var.people)) == length(var.people)
    error_message = "Names must differ: ${join(", ", var.people)}."
  }
}

variable "shifts" {
  description = "Name of each shift and its hours per day."
  type        = map(number)
  default     = { early = 6, late = 4 }
}

variable "badges" {
  description = "How many badges were printed."
  type        = number
  default     = 5
}

variable "pin" {
  description = "Opens the door."
  type        = string
  sensitive   = true
}
