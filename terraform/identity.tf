# Who runs the pipeline, with no right beyond the bucket, the datasets and running queries. No key is made: attach the
# account to what runs the pipeline, or impersonate it.
resource "google_service_account" "pipeline" {
  account_id   = "crime-trends-pipeline"
  display_name = "crime_trends pipeline"
  description  = "Reads and writes the lake and the warehouse."

  depends_on = [google_project_service.apis]
}

resource "google_storage_bucket_iam_member" "lake" {
  bucket = google_storage_bucket.lake.name
  role   = "roles/storage.objectUser"
  member = google_service_account.pipeline.member
}

resource "google_bigquery_dataset_iam_member" "schema" {
  for_each = google_bigquery_dataset.schema

  dataset_id = each.value.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.pipeline.member
}

resource "google_project_iam_member" "queries" {
  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.pipeline.member
}
