output "name" {
  description = "The cluster's name."
  value       = google_dataproc_cluster.spark.name
}
