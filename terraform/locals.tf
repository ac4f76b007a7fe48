locals {
  # The schemas of the local warehouse, under the same names.
  schemas = {
    warehouse    = "Published months as cleaned, look-ups and ledgers."
    staging      = "dbt staging models."
    intermediate = "dbt intermediate models."
    facts        = "dbt facts: one row per published record."
    marts        = "dbt marts: counts and reconciliation."
  }

  labels = { application = "crime_trends" }

  # The default of the project's own settings, which are told of another alone: with theirs, dbt's target dev has its own.
  bigquery_prefix = coalesce(var.bigquery_prefix, "crime_trends")

  old_version_days = 90
  pipes_days       = 7

  image = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}/crime_trends:${var.image_tag}"

  # The project's settings, by the names of their variables: what the machine gets, and the output `settings`.
  settings = merge(
    {
      CRIME_TRENDS_TARGET                = "gcp"
      CRIME_TRENDS_SPARK                 = var.spark
      CRIME_TRENDS_GCP_PROJECT           = var.project_id
      CRIME_TRENDS_GCP_REGION            = var.region
      CRIME_TRENDS_LAKE_BUCKET           = google_storage_bucket.lake.name
      CRIME_TRENDS_PIPES_BUCKET          = google_storage_bucket.pipes.name
      CRIME_TRENDS_BIGQUERY_LOCATION     = var.region
      CRIME_TRENDS_SPARK_SERVICE_ACCOUNT = google_service_account.spark.email
      CRIME_TRENDS_SPARK_SUBNETWORK      = google_compute_subnetwork.private.id
    },
    var.bigquery_prefix == null ? {} : { CRIME_TRENDS_BIGQUERY_PREFIX = var.bigquery_prefix },
    var.socrata_token ? { CRIME_TRENDS_SOCRATA_APP_TOKEN_SECRET = google_secret_manager_secret.socrata_app_token.secret_id } : {},
    var.spark == "dataproc" ? { CRIME_TRENDS_DATAPROC_CLUSTER = module.cluster[0].name } : {},
  )
}
