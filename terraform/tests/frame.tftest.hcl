mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "crime-trends-pipeline@my-project.iam.gserviceaccount.com"
      member = "serviceAccount:crime-trends-pipeline@my-project.iam.gserviceaccount.com"
    }
  }
}

variables {
  project_id  = "my-project"
  lake_bucket = "my-project-crime-trends"
}

run "the_lake_is_private_and_versioned" {
  command = plan

  assert {
    condition     = google_storage_bucket.lake.uniform_bucket_level_access && google_storage_bucket.lake.public_access_prevention == "enforced"
    error_message = "The bucket must have uniform access and public access prevention."
  }

  assert {
    condition     = google_storage_bucket.lake.versioning[0].enabled
    error_message = "The bucket must keep versions."
  }
}

run "withdrawn_rows_are_gone_within_30_days" {
  command = plan

  variables {
    superseded_days = 23
  }

  assert {
    condition     = var.superseded_days + google_storage_bucket.lake.soft_delete_policy[0].retention_duration_seconds / 86400 <= 30
    error_message = "Superseded objects must be gone within 30 days."
  }
}

run "each_schema_has_a_dataset_beside_the_lake" {
  command = plan

  variables {
    bigquery_prefix = "dev"
    region          = "europe-west1"
  }

  assert {
    condition = toset(values(output.bigquery_datasets)) == toset([
      "dev_warehouse", "dev_staging", "dev_intermediate", "dev_facts", "dev_marts",
    ])
    error_message = "The datasets are the schemas of the warehouse, under the prefix."
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.schema : lower(dataset.location) == lower(google_storage_bucket.lake.location)])
    error_message = "Datasets and bucket must be in one place."
  }
}

run "the_account_may_do_what_it_needs_and_no_more" {
  command = apply

  assert {
    condition     = google_storage_bucket_iam_member.lake.role == "roles/storage.objectUser"
    error_message = "The account reads and writes objects, and does not manage the bucket."
  }

  assert {
    condition     = toset([for grant in google_bigquery_dataset_iam_member.schema : grant.role]) == toset(["roles/bigquery.dataEditor"])
    error_message = "The account edits the datasets' tables."
  }

  assert {
    condition     = google_project_iam_member.queries.role == "roles/bigquery.jobUser"
    error_message = "On the project the account may only run jobs."
  }

  assert {
    condition     = output.service_account == "crime-trends-pipeline@my-project.iam.gserviceaccount.com"
    error_message = "The output is the account's address."
  }
}

run "a_project_number_is_refused" {
  command = plan

  variables {
    project_id = "123456789"
  }

  expect_failures = [var.project_id]
}

run "a_zone_is_refused" {
  command = plan

  variables {
    region = "us-central1-a"
  }

  expect_failures = [var.region]
}

run "an_upper_case_bucket_is_refused" {
  command = plan

  variables {
    lake_bucket = "Crime-Trends"
  }

  expect_failures = [var.lake_bucket]
}

run "a_hyphen_in_the_prefix_is_refused" {
  command = plan

  variables {
    bigquery_prefix = "crime-trends"
  }

  expect_failures = [var.bigquery_prefix]
}

run "keeping_superseded_rows_longer_is_refused" {
  command = plan

  variables {
    superseded_days = 24
  }

  expect_failures = [var.superseded_days]
}
