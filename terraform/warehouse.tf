# The warehouse: a BigQuery dataset for each schema.
resource "google_bigquery_dataset" "schema" {
  for_each = local.schemas

  dataset_id            = "${local.bigquery_prefix}_${each.key}"
  description           = each.value
  location              = var.region
  labels                = local.labels
  max_time_travel_hours = "168"

  delete_contents_on_destroy = false

  depends_on = [google_project_service.apis]
}
