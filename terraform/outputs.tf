output "lake_bucket" {
  description = "The lake's bucket."
  value       = google_storage_bucket.lake.name
}

output "bigquery_datasets" {
  description = "Schema of the warehouse -> id of its BigQuery dataset."
  value       = { for schema, dataset in google_bigquery_dataset.schema : schema => dataset.dataset_id }
}

output "service_account" {
  description = "E-mail address of the account that runs the pipeline."
  value       = google_service_account.pipeline.email
}
