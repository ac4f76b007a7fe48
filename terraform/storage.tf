# The lake: raw years and clean months, with their manifests. What is current has no rule, and so stays for ever.
resource "google_storage_bucket" "lake" {
  name     = var.lake_bucket
  location = var.region
  labels   = local.labels

  force_destroy = false # a lake that holds anything is not destroyed

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = local.old_version_days
      with_state                 = "ARCHIVED"
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  depends_on = [google_project_service.apis]
}

# What only lives as long as a run: messages of Spark's jobs, and what Dataproc stages and prints.
resource "google_storage_bucket" "pipes" {
  name     = "${var.lake_bucket}-pipes"
  location = var.region
  labels   = local.labels

  force_destroy = true

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    condition {
      age = local.pipes_days
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.apis]
}
