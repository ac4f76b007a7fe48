variable "project_id" {
  description = "Id of the Google Cloud project that everything is made in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project's id, not its name or number: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "region" {
  description = "Region of the bucket and the BigQuery datasets, which must be the same place to be read together."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)+[0-9]+$", var.region))
    error_message = "region must be a region such as us-central1, not a zone or a multi-region."
  }
}

variable "lake_bucket" {
  description = "Name of the bucket that holds the lake; unique in all of Google Cloud, and so must be <lake_bucket>-pipes."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]{1,55}[a-z0-9]$", var.lake_bucket)) && !startswith(var.lake_bucket, "goog")
    error_message = "lake_bucket must be 3 to 57 lower-case letters, digits, hyphens and underscores, and must not begin with goog."
  }
}

variable "bigquery_prefix" {
  description = "What the names of the BigQuery datasets begin with: <prefix>_warehouse, <prefix>_facts and so on; by default crime_trends."
  type        = string
  default     = null

  validation {
    condition     = var.bigquery_prefix == null || can(regex("^[a-z][a-z0-9_]{0,62}$", var.bigquery_prefix))
    error_message = "bigquery_prefix must be up to 63 lower-case letters, digits and underscores, beginning with a letter."
  }
}

variable "socrata_token" {
  description = "Whether there is an app token for the Socrata portals, to be added to its secret; a secret that is named and empty is an error."
  type        = bool
  default     = true
}

variable "billing_account" {
  description = "Id of the billing account, whose administrators are told when the budget is spent."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account must be an id such as 012345-6789AB-CDEF01; gcloud billing accounts list shows it."
  }
}

variable "monthly_budget" {
  description = "What a month may cost before somebody is told, in whole units of the billing account's currency."
  type        = number
  default     = 100

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "monthly_budget must be a whole number of at least 1."
  }
}

variable "operators" {
  description = "Who may log in to the machine through Identity-Aware Proxy: user:…, group:…."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.operators : can(regex("^(user|group|serviceAccount):[^@ ]+@[^@ ]+$", member))])
    error_message = "operators must be people, groups or service accounts by name: user:me@example.org."
  }
}

variable "readers" {
  description = "Who may query the marts, by impersonating the reader's account: user:…, group:…, serviceAccount:…."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.readers : can(regex("^(user|group|serviceAccount):[^@ ]+@[^@ ]+$", member))])
    error_message = "readers must be people, groups or service accounts by name: group:readers@example.org; never the public."
  }
}

variable "spark" {
  description = "Where Spark runs: serverless batches, or jobs on a cluster that is made for it."
  type        = string
  default     = "dataproc-serverless"

  validation {
    condition     = contains(["dataproc-serverless", "dataproc"], var.spark)
    error_message = "spark must be dataproc-serverless or dataproc."
  }
}

variable "cluster_max_workers" {
  description = "How many workers the cluster may grow to; for spark = dataproc only."
  type        = number
  default     = 4

  validation {
    condition     = var.cluster_max_workers >= 2 && var.cluster_max_workers <= 20 && floor(var.cluster_max_workers) == var.cluster_max_workers
    error_message = "cluster_max_workers must be a whole number from 2 to 20."
  }
}

variable "zone_letter" {
  description = "Zone of the machine within the region."
  type        = string
  default     = "b"

  validation {
    condition     = can(regex("^[a-f]$", var.zone_letter))
    error_message = "zone_letter must be one letter from a to f."
  }
}

variable "machine_type" {
  description = "The machine that runs Dagster and PostgreSQL: two cores and 8 GB are enough, since Spark runs elsewhere."
  type        = string
  default     = "e2-standard-2"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*-[a-z]+(-[0-9]+)?$", var.machine_type))
    error_message = "machine_type must be a machine type such as e2-standard-2."
  }
}

variable "disk_gb" {
  description = "Size of the disk that holds PostgreSQL and Dagster's home, in GB."
  type        = number
  default     = 50

  validation {
    condition     = var.disk_gb >= 20 && var.disk_gb <= 2000 && floor(var.disk_gb) == var.disk_gb
    error_message = "disk_gb must be a whole number from 20 to 2000."
  }
}

variable "image_tag" {
  description = "Tag of the image that the machine runs."
  type        = string
  default     = "latest"

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag))
    error_message = "image_tag must be a tag: letters, digits, dots, hyphens and underscores."
  }
}
