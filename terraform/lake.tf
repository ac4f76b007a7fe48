# The lake: raw years and clean months, with their manifests.
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

  soft_delete_policy {
    retention_duration_seconds = local.soft_delete_seconds
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = var.superseded_days
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
