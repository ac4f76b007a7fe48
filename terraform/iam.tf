# Who may what. Every grant of the project is in this file, and tests/grants.json lists them all. No key is ever made:
# the machine and Spark's jobs carry their accounts, people impersonate the reader.

resource "google_service_account" "orchestrator" {
  account_id   = "crime-trends-orchestrator"
  display_name = "crime_trends orchestrator"
  description  = "The machine that runs Dagster: fetches, starts Spark, loads BigQuery, runs dbt."

  depends_on = [google_project_service.apis]
}

resource "google_service_account" "spark" {
  account_id   = "crime-trends-spark"
  display_name = "crime_trends Spark"
  description  = "Spark's jobs: read raw files, write clean ones."

  depends_on = [google_project_service.apis]
}

resource "google_service_account" "reader" {
  account_id   = "crime-trends-reader"
  display_name = "crime_trends reader"
  description  = "Queries the marts."

  depends_on = [google_project_service.apis]
}

# What the orchestrator calls at the level of the project, and nothing that reads data.
resource "google_project_iam_custom_role" "orchestrator" {
  role_id     = "crimeTrendsOrchestrator"
  title       = "crime_trends orchestrator"
  description = "Starts, watches and cancels BigQuery's and Dataproc's jobs; makes a dataset that is missing."
  permissions = concat([
    "bigquery.datasets.create",
    "bigquery.jobs.create",
    "bigquery.readsessions.create",
    "bigquery.readsessions.getData",
    "dataproc.operations.cancel",
    "dataproc.operations.get",
    ],
    var.spark == "dataproc" ? [
      "dataproc.clusters.get",
      "dataproc.clusters.use",
      "dataproc.jobs.cancel",
      "dataproc.jobs.create",
      "dataproc.jobs.get",
      ] : [
      "dataproc.batches.cancel",
      "dataproc.batches.create",
      "dataproc.batches.get",
  ])
}

locals {
  project_grants = {
    orchestrator = { role = google_project_iam_custom_role.orchestrator.id, member = google_service_account.orchestrator.member }
    # Dataproc demands this role of the account that its machines run as. It also opens all of the project's buckets, which
    # is why the project holds nothing else and Terraform's state lies in another (docs/google-cloud.md, "Who may what").
    spark  = { role = "roles/dataproc.worker", member = google_service_account.spark.member }
    reader = { role = "roles/bigquery.jobUser", member = google_service_account.reader.member }
  }

  bucket_grants = {
    orchestrator_lake  = { bucket = google_storage_bucket.lake.name, role = "roles/storage.objectUser", member = google_service_account.orchestrator.member }
    orchestrator_pipes = { bucket = google_storage_bucket.pipes.name, role = "roles/storage.objectUser", member = google_service_account.orchestrator.member }
    spark_lake         = { bucket = google_storage_bucket.lake.name, role = "roles/storage.objectUser", member = google_service_account.spark.member }
    spark_pipes        = { bucket = google_storage_bucket.pipes.name, role = "roles/storage.objectUser", member = google_service_account.spark.member }
  }

  dataset_grants = merge(
    { for schema, _ in local.schemas : "orchestrator_${schema}" => {
      schema = schema, role = "roles/bigquery.dataEditor", member = google_service_account.orchestrator.member
    } },
    { reader_marts = { schema = "marts", role = "roles/bigquery.dataViewer", member = google_service_account.reader.member } },
  )

  # Accounts that others may act as: the orchestrator starts jobs as Spark, operators work on the orchestrator's machine,
  # readers query as the reader.
  account_grants = merge(
    { spark = { account = "spark", role = "roles/iam.serviceAccountUser", member = google_service_account.orchestrator.member } },
    { for member in var.operators : "operator_${member}" => { account = "orchestrator", role = "roles/iam.serviceAccountUser", member = member } },
    { for member in var.readers : "reader_${member}" => { account = "reader", role = "roles/iam.serviceAccountTokenCreator", member = member } },
  )

  accounts = {
    orchestrator = google_service_account.orchestrator.name
    spark        = google_service_account.spark.name
    reader       = google_service_account.reader.name
  }
}

resource "google_project_iam_member" "grant" {
  for_each = local.project_grants

  project = var.project_id
  role    = each.value.role
  member  = each.value.member
}

resource "google_storage_bucket_iam_member" "grant" {
  for_each = local.bucket_grants

  bucket = each.value.bucket
  role   = each.value.role
  member = each.value.member
}

resource "google_bigquery_dataset_iam_member" "grant" {
  for_each = local.dataset_grants

  dataset_id = google_bigquery_dataset.schema[each.value.schema].dataset_id
  role       = each.value.role
  member     = each.value.member
}

resource "google_service_account_iam_member" "grant" {
  for_each = local.account_grants

  service_account_id = local.accounts[each.value.account]
  role               = each.value.role
  member             = each.value.member
}

resource "google_secret_manager_secret_iam_member" "socrata_app_token" {
  secret_id = google_secret_manager_secret.socrata_app_token.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.orchestrator.member
}

resource "google_artifact_registry_repository_iam_member" "images" {
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.orchestrator.member
}

resource "google_iap_tunnel_instance_iam_member" "operator" {
  for_each = toset(var.operators)

  instance = google_compute_instance.orchestrator.name
  zone     = google_compute_instance.orchestrator.zone
  role     = "roles/iap.tunnelResourceAccessor"
  member   = each.key
}

resource "google_compute_instance_iam_member" "operator" {
  for_each = toset(var.operators)

  instance_name = google_compute_instance.orchestrator.name
  zone          = google_compute_instance.orchestrator.zone
  role          = "roles/compute.osAdminLogin"
  member        = each.key
}
