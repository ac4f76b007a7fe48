# Tells the billing account's administrators by e-mail; it stops nothing.
data "google_project" "this" {
  project_id = var.project_id
}

resource "google_billing_budget" "month" {
  billing_account = var.billing_account
  display_name    = "crime_trends"

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }
  threshold_rules {
    threshold_percent = 1
  }
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  depends_on = [google_project_service.apis]
}
