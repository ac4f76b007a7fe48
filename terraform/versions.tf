terraform {
  required_version = ">= 1.7"

  # Where the state lies is said at `terraform init -backend-config=backend.hcl`; backend.hcl.example shows it.
  backend "gcs" {}

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region

  # Budgets belong to a billing account; the quota for asking about them is this project's.
  user_project_override = true
  billing_project       = var.project_id
}
