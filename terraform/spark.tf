# Serverless batches need nothing made beforehand. A cluster is there only if asked for.
module "cluster" {
  source = "./modules/cluster"
  count  = var.spark == "dataproc" ? 1 : 0

  region          = var.region
  subnetwork      = google_compute_subnetwork.private.id
  service_account = google_service_account.spark.email
  staging_bucket  = google_storage_bucket.pipes.name
  max_workers     = var.cluster_max_workers
  labels          = local.labels

  depends_on = [google_project_iam_member.grant, google_storage_bucket_iam_member.grant, google_compute_firewall.spark]
}
