# What is made, and what is refused. No account is needed: the provider is a stand-in.
mock_provider "google" {}

override_resource {
  target = google_service_account.orchestrator
  values = {
    name   = "projects/my-project/serviceAccounts/crime-trends-orchestrator@my-project.iam.gserviceaccount.com"
    email  = "crime-trends-orchestrator@my-project.iam.gserviceaccount.com"
    member = "serviceAccount:crime-trends-orchestrator@my-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.spark
  values = {
    name   = "projects/my-project/serviceAccounts/crime-trends-spark@my-project.iam.gserviceaccount.com"
    email  = "crime-trends-spark@my-project.iam.gserviceaccount.com"
    member = "serviceAccount:crime-trends-spark@my-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.reader
  values = {
    name   = "projects/my-project/serviceAccounts/crime-trends-reader@my-project.iam.gserviceaccount.com"
    email  = "crime-trends-reader@my-project.iam.gserviceaccount.com"
    member = "serviceAccount:crime-trends-reader@my-project.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_project_iam_custom_role.orchestrator
  values = { id = "projects/my-project/roles/crimeTrendsOrchestrator" }
}

override_resource {
  target = google_compute_subnetwork.private
  values = { id = "projects/my-project/regions/us-central1/subnetworks/crime-trends" }
}

override_resource {
  target = google_artifact_registry_repository.images
  values = { name = "crime-trends" }
}

override_data {
  target = data.google_project.this
  values = { number = "123456789" }
}

variables {
  project_id      = "my-project"
  lake_bucket     = "my-project-crime-trends"
  billing_account = "012345-6789AB-CDEF01"
  operators       = ["user:operator@example.org"]
  readers         = ["group:readers@example.org"]
}

run "every_grant_is_on_the_list" {
  command = apply

  assert {
    condition     = jsonencode(output.grants) == jsonencode(sort(jsondecode(file("tests/grants.json"))))
    error_message = "The grants are not those of tests/grants.json: ${jsonencode(output.grants)}"
  }

  assert {
    condition     = google_project_iam_custom_role.orchestrator.permissions == toset(jsondecode(file("tests/permissions.json")))
    error_message = "The custom role's permissions are not those of tests/permissions.json."
  }
}

run "the_outputs_are_settings" {
  command = apply

  assert {
    condition     = jsonencode(output.settings) == jsonencode(jsondecode(file("tests/settings.json")))
    error_message = "The settings are not those of tests/settings.json, which the project's own tests read: ${jsonencode(output.settings)}"
  }

  assert {
    condition     = google_compute_instance.orchestrator.metadata["crime-trends-settings"] == join("\n", [for name, value in output.settings : "${name}=${value}"])
    error_message = "The machine gets the same settings."
  }

  assert {
    condition     = output.image == "us-central1-docker.pkg.dev/my-project/crime-trends/crime_trends:latest"
    error_message = "The image lies in the project's registry."
  }
}

run "without_a_socrata_token_no_secret_is_named" {
  command = apply

  variables {
    socrata_token = false
  }

  assert {
    condition     = !contains(keys(output.settings), "CRIME_TRENDS_SOCRATA_APP_TOKEN_SECRET")
    error_message = "A secret that is named and empty is an error."
  }
}

run "readers_can_act_as_the_reader" {
  command = plan

  assert {
    condition     = contains(keys(google_project_service.apis), "iamcredentials.googleapis.com")
    error_message = "Impersonation is an API of its own."
  }
}

run "the_lake_is_private_and_keeps_what_is_current" {
  command = plan

  assert {
    condition = alltrue([
      for bucket in [google_storage_bucket.lake, google_storage_bucket.pipes] :
      bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced"
    ])
    error_message = "Both buckets have uniform access and public access prevention."
  }

  assert {
    condition     = google_storage_bucket.lake.versioning[0].enabled && !google_storage_bucket.lake.force_destroy
    error_message = "The lake keeps versions and is not destroyed while it holds anything."
  }

  assert {
    condition = alltrue([
      for rule in google_storage_bucket.lake.lifecycle_rule : one(rule.action).type != "Delete" ||
      one(rule.condition).with_state == "ARCHIVED" && one(rule.condition).days_since_noncurrent_time == 90
    ])
    error_message = "Only old versions are deleted, after 90 days."
  }

  assert {
    condition     = one(google_storage_bucket.pipes.lifecycle_rule[0].condition).age == 7 && google_storage_bucket.pipes.force_destroy
    error_message = "What runs leave behind is gone after a week."
  }
}

run "each_schema_has_a_dataset_beside_the_lake" {
  command = apply

  variables {
    bigquery_prefix = "dev"
    region          = "europe-west1"
  }

  assert {
    condition = toset([for dataset in google_bigquery_dataset.schema : dataset.dataset_id]) == toset([
      "dev_warehouse", "dev_staging", "dev_intermediate", "dev_facts", "dev_marts",
    ])
    error_message = "The datasets are the schemas of the warehouse, under the prefix."
  }

  assert {
    condition     = output.settings["CRIME_TRENDS_BIGQUERY_PREFIX"] == "dev"
    error_message = "The settings name a prefix that is not their own."
  }

  assert {
    condition     = alltrue([for dataset in google_bigquery_dataset.schema : dataset.location == google_storage_bucket.lake.location && !dataset.delete_contents_on_destroy])
    error_message = "Datasets and bucket are in one place, and tables are not destroyed with their dataset."
  }
}

run "nothing_has_a_public_address" {
  command = plan

  assert {
    condition     = length(google_compute_instance.orchestrator.network_interface[0].access_config) == 0
    error_message = "The machine has no public address."
  }

  assert {
    condition     = google_compute_subnetwork.private.private_ip_google_access
    error_message = "Google's services are reached from inside."
  }

  assert {
    condition     = google_compute_firewall.iap.source_ranges == toset(["35.235.240.0/20"]) && google_compute_firewall.spark.source_ranges == toset([google_compute_subnetwork.private.ip_cidr_range])
    error_message = "Only Identity-Aware Proxy and the network itself get in."
  }

  assert {
    condition     = google_compute_firewall.spark.destination_ranges == google_compute_firewall.spark.source_ranges && google_compute_firewall.spark.target_service_accounts == null
    error_message = "Spark's machines are told by the subnetwork alone, since those of serverless batches are not the project's."
  }
}

run "the_data_disk_is_kept_in_snapshots" {
  command = plan

  assert {
    condition     = google_compute_disk_resource_policy_attachment.snapshots.disk == google_compute_disk.data.name && google_compute_resource_policy.snapshots.snapshot_schedule_policy[0].retention_policy[0].on_source_disk_delete == "KEEP_AUTO_SNAPSHOTS"
    error_message = "Snapshots are taken of the data disk and outlive it."
  }

  assert {
    condition     = google_compute_resource_policy.snapshots.snapshot_schedule_policy[0].retention_policy[0].max_retention_days == 14 && google_compute_resource_policy.snapshots.snapshot_schedule_policy[0].schedule[0].daily_schedule[0].days_in_cycle == 1
    error_message = "A snapshot is taken each day and kept for two weeks."
  }

  assert {
    condition     = google_compute_disk.data.type == "pd-balanced" && google_compute_instance.orchestrator.boot_disk[0].initialize_params[0].type == "pd-balanced"
    error_message = "The disks are of the type that docs/google-cloud.md has the price of."
  }
}

run "spark_is_serverless_unless_a_cluster_is_asked_for" {
  command = plan

  assert {
    condition     = length(module.cluster) == 0
    error_message = "No cluster is made by default."
  }
}

run "a_cluster_is_a_setting_and_another_set_of_rights" {
  command = apply

  variables {
    spark = "dataproc"
  }

  assert {
    condition     = output.settings["CRIME_TRENDS_SPARK"] == "dataproc" && output.settings["CRIME_TRENDS_DATAPROC_CLUSTER"] == "crime-trends"
    error_message = "The settings name the cluster."
  }

  assert {
    condition     = contains(google_project_iam_custom_role.orchestrator.permissions, "dataproc.jobs.create") && !contains(google_project_iam_custom_role.orchestrator.permissions, "dataproc.batches.create")
    error_message = "The orchestrator starts jobs and no batches."
  }
}

run "the_budget_is_this_projects" {
  command = plan

  assert {
    condition     = google_billing_budget.month.budget_filter[0].projects == toset(["projects/123456789"]) && google_billing_budget.month.amount[0].specified_amount[0].units == "100"
    error_message = "The budget counts this project alone."
  }
}
