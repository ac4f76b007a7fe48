locals {
  # The schemas of the local warehouse, under the same names.
  schemas = {
    warehouse    = "Published months as cleaned, look-ups and ledgers."
    staging      = "dbt staging models."
    intermediate = "dbt intermediate models."
    facts        = "dbt facts: one row per published record."
    marts        = "dbt marts: counts and reconciliation."
  }

  labels = { app = "crime_trends" }

  soft_delete_seconds = 7 * 24 * 60 * 60
}

resource "google_project_service" "apis" {
  for_each = toset(["bigquery.googleapis.com", "iam.googleapis.com", "storage.googleapis.com"])

  service            = each.key
  disable_on_destroy = false
}
