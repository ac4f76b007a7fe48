# One small machine that runs docker-compose.yaml: Dagster's daemon needs a processor that is always on.
resource "google_compute_instance" "orchestrator" {
  name         = "crime-trends"
  zone         = local.zone
  machine_type = var.machine_type
  labels       = local.labels

  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-13"
      type  = "pd-balanced"
      size  = 20
    }
  }

  # All that must outlive the machine: PostgreSQL's files and Dagster's home.
  attached_disk {
    source      = google_compute_disk.data.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    # No access_config: no public address.
  }

  service_account {
    email  = google_service_account.orchestrator.email
    scopes = ["cloud-platform"] # what it may do is said by its roles
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    crime-trends-image     = local.image
    crime-trends-settings  = join("\n", [for name, value in local.settings : "${name}=${value}"])
  }

  metadata_startup_script = file("${path.module}/start_machine.sh")

  depends_on = [google_compute_router_nat.nat]
}

locals {
  zone = "${var.region}-${var.zone_letter}"
}

resource "google_compute_disk" "data" {
  name   = "crime-trends-data"
  zone   = local.zone
  type   = "pd-balanced"
  size   = var.disk_gb
  labels = local.labels

  depends_on = [google_project_service.apis]
}

resource "google_compute_resource_policy" "snapshots" {
  name   = "crime-trends-snapshots"
  region = var.region

  snapshot_schedule_policy {
    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "08:00" # UTC; before the cities' working day
      }
    }

    retention_policy {
      max_retention_days    = 14
      on_source_disk_delete = "KEEP_AUTO_SNAPSHOTS"
    }
  }

  depends_on = [google_project_service.apis]
}

resource "google_compute_disk_resource_policy_attachment" "snapshots" {
  name = google_compute_resource_policy.snapshots.name
  disk = google_compute_disk.data.name
  zone = local.zone
}
