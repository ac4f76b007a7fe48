variable "region" {
  description = "Region of the cluster."
  type        = string
}

variable "subnetwork" {
  description = "Id of the private subnetwork that it lies in."
  type        = string
}

variable "service_account" {
  description = "E-mail address of the account that its machines run as."
  type        = string
}

variable "staging_bucket" {
  description = "Bucket for what Dataproc stages and prints."
  type        = string
}

variable "max_workers" {
  description = "How many workers it may grow to."
  type        = number
}

variable "labels" {
  description = "Labels of the cluster."
  type        = map(string)
}
