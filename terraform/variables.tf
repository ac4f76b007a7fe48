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
  description = "Name of the bucket that holds the lake; unique in all of Google Cloud."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.lake_bucket)) && !startswith(var.lake_bucket, "goog")
    error_message = "lake_bucket must be 3 to 63 lower-case letters, digits, hyphens and underscores, and must not begin with goog."
  }
}

variable "bigquery_prefix" {
  description = "What the names of the BigQuery datasets begin with: <prefix>_warehouse, <prefix>_facts and so on."
  type        = string
  default     = "crime_trends"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.bigquery_prefix))
    error_message = "bigquery_prefix must be up to 63 lower-case letters, digits and underscores, beginning with a letter."
  }
}

variable "superseded_days" {
  description = "Days for which a replaced or deleted object of the lake can be brought back."
  type        = number
  default     = 14

  # With the bucket's seven days of soft deletion, a row that a city withdrew is gone everywhere within 30 days.
  validation {
    condition     = var.superseded_days >= 1 && var.superseded_days <= 23 && floor(var.superseded_days) == var.superseded_days
    error_message = "superseded_days must be a whole number from 1 to 23."
  }
}
