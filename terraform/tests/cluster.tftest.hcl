# The cluster, which is made only where it is asked for.
mock_provider "google" {}

variables {
  region          = "us-central1"
  subnetwork      = "projects/my-project/regions/us-central1/subnetworks/crime-trends"
  service_account = "crime-trends-spark@my-project.iam.gserviceaccount.com"
  staging_bucket  = "my-project-crime-trends-pipes"
  max_workers     = 6
  labels          = { application = "crime_trends" }
}

run "the_cluster_costs_nothing_without_work" {
  command = apply

  module {
    source = "./modules/cluster"
  }

  assert {
    condition     = google_dataproc_cluster.spark.cluster_config[0].lifecycle_config[0].idle_delete_ttl == "1800s"
    error_message = "It deletes itself when it has had no work for half an hour."
  }

  assert {
    condition     = google_dataproc_cluster.spark.cluster_config[0].autoscaling_config[0].policy_uri == google_dataproc_autoscaling_policy.workers.name
    error_message = "It grows by the policy."
  }

  assert {
    condition     = google_dataproc_autoscaling_policy.workers.worker_config[0].max_instances == 6
    error_message = "It grows as far as it may, and no further."
  }

  assert {
    condition = alltrue([
      for machines in [google_dataproc_cluster.spark.cluster_config[0].master_config[0], google_dataproc_cluster.spark.cluster_config[0].worker_config[0]] :
      machines.machine_type == "n2-standard-4" && machines.disk_config[0].boot_disk_type == "pd-balanced" && machines.disk_config[0].boot_disk_size_gb == 100
    ])
    error_message = "Its machines and disks are those that docs/google-cloud.md has the price of."
  }
}

run "the_cluster_is_private" {
  command = apply

  module {
    source = "./modules/cluster"
  }

  assert {
    condition     = google_dataproc_cluster.spark.cluster_config[0].gce_cluster_config[0].internal_ip_only
    error_message = "Its machines have no public address."
  }

  assert {
    condition     = google_dataproc_cluster.spark.cluster_config[0].gce_cluster_config[0].subnetwork == var.subnetwork && google_dataproc_cluster.spark.cluster_config[0].gce_cluster_config[0].service_account == var.service_account
    error_message = "They lie in the private network and run as Spark's account."
  }

  assert {
    condition     = google_dataproc_cluster.spark.cluster_config[0].staging_bucket == var.staging_bucket && google_dataproc_cluster.spark.cluster_config[0].temp_bucket == var.staging_bucket
    error_message = "What it stages goes with the pipes bucket's rule."
  }
}
