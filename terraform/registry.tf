resource "google_artifact_registry_repository" "images" {
  repository_id = "crime-trends"
  location      = var.region
  format        = "DOCKER"
  description   = "Images of crime_trends."
  labels        = local.labels

  cleanup_policies {
    id     = "keep-the-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-the-rest"
    action = "DELETE"
    condition {
      older_than = "30d"
    }
  }

  depends_on = [google_project_service.apis]
}
