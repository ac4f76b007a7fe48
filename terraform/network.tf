# One private network: nothing in it has a public address. Google's services are reached by private access, the cities'
# portals and the packages of the machine through NAT.
resource "google_compute_network" "private" {
  name                    = "crime-trends"
  auto_create_subnetworks = false

  depends_on = [google_project_service.apis]
}

resource "google_compute_subnetwork" "private" {
  name                     = "crime-trends"
  network                  = google_compute_network.private.id
  region                   = var.region
  ip_cidr_range            = "10.10.0.0/20"
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.1
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_router" "nat" {
  name    = "crime-trends"
  network = google_compute_network.private.id
  region  = var.region
}

resource "google_compute_router_nat" "nat" {
  name                               = "crime-trends"
  router                             = google_compute_router.nat.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

# Spark's driver and executors talk to each other on ports of their choice. Where batches are serverless their machines are
# not the project's, so no account tells them: Dataproc asks for the subnetwork's range on both sides
# (https://cloud.google.com/dataproc-serverless/docs/concepts/network).
resource "google_compute_firewall" "spark" {
  name               = "crime-trends-spark"
  network            = google_compute_network.private.name
  source_ranges      = [google_compute_subnetwork.private.ip_cidr_range]
  destination_ranges = [google_compute_subnetwork.private.ip_cidr_range]

  allow {
    protocol = "tcp"
  }
  allow {
    protocol = "udp"
  }
  allow {
    protocol = "icmp"
  }
}

# Identity-Aware Proxy is the only way to the machine; its addresses are Google's published ones.
resource "google_compute_firewall" "iap" {
  name          = "crime-trends-iap"
  network       = google_compute_network.private.name
  source_ranges = ["35.235.240.0/20"]

  target_service_accounts = [google_service_account.orchestrator.email]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
