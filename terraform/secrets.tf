# The app token for the Socrata portals. Its value is added by hand, so that it is never in a state file.
resource "google_secret_manager_secret" "socrata_app_token" {
  secret_id = "crime-trends-socrata-app-token"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.apis]
}
