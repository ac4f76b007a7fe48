# A Dataproc cluster that grows with its work and deletes itself when it has had none for half an hour. The next
# `terraform apply` makes it anew.
terraform {
  required_providers {
    google = {
      source = "hashicorp/google"
    }
  }
}

resource "google_dataproc_autoscaling_policy" "workers" {
  policy_id = "crime-trends"
  location  = var.region

  worker_config {
    min_instances = 2
    max_instances = var.max_workers
  }

  basic_algorithm {
    cooldown_period = "120s"
    yarn_config {
      scale_up_factor               = 1
      scale_down_factor             = 1
      graceful_decommission_timeout = "600s"
    }
  }
}

resource "google_dataproc_cluster" "spark" {
  name   = "crime-trends"
  region = var.region
  labels = var.labels

  cluster_config {
    staging_bucket = var.staging_bucket
    temp_bucket    = var.staging_bucket

    gce_cluster_config {
      subnetwork       = var.subnetwork
      internal_ip_only = true
      service_account  = var.service_account

      shielded_instance_config {
        enable_secure_boot          = true
        enable_vtpm                 = true
        enable_integrity_monitoring = true
      }
    }

    master_config {
      num_instances = 1
      machine_type  = "n2-standard-4"
      disk_config {
        boot_disk_type    = "pd-balanced"
        boot_disk_size_gb = 100
      }
    }

    worker_config {
      num_instances = 2
      machine_type  = "n2-standard-4"
      disk_config {
        boot_disk_type    = "pd-balanced"
        boot_disk_size_gb = 100
      }
    }

    autoscaling_config {
      policy_uri = google_dataproc_autoscaling_policy.workers.name
    }

    lifecycle_config {
      idle_delete_ttl = "1800s"
    }

    # Spark 3.5 and Java 17, as serverless batches of runtime 2.2.
    software_config {
      image_version = "2.2-debian12"
    }
  }

  lifecycle {
    ignore_changes = [cluster_config[0].worker_config[0].num_instances] # the autoscaler's
  }
}
