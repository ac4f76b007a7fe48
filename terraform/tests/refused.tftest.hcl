# What users can get wrong is refused before anything is made.
mock_provider "google" {}

variables {
  project_id      = "my-project"
  lake_bucket     = "my-project-crime-trends"
  billing_account = "012345-6789AB-CDEF01"
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

run "a_billing_accounts_name_is_refused" {
  command = plan

  variables {
    billing_account = "My Billing Account"
  }

  expect_failures = [var.billing_account]
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  variables {
    monthly_budget = 0
  }

  expect_failures = [var.monthly_budget]
}

run "the_public_as_reader_is_refused" {
  command = plan

  variables {
    readers = ["allUsers"]
  }

  expect_failures = [var.readers]
}

run "a_domain_as_operator_is_refused" {
  command = plan

  variables {
    operators = ["domain:example.org"]
  }

  expect_failures = [var.operators]
}

run "spark_on_this_machine_is_refused" {
  command = plan

  variables {
    spark = "local"
  }

  expect_failures = [var.spark]
}

run "a_cluster_of_one_is_refused" {
  command = plan

  variables {
    cluster_max_workers = 1
  }

  expect_failures = [var.cluster_max_workers]
}

run "a_whole_zone_as_letter_is_refused" {
  command = plan

  variables {
    zone_letter = "us-central1-b"
  }

  expect_failures = [var.zone_letter]
}

run "a_machine_without_a_type_is_refused" {
  command = plan

  variables {
    machine_type = "big"
  }

  expect_failures = [var.machine_type]
}

run "a_tiny_disk_is_refused" {
  command = plan

  variables {
    disk_gb = 5
  }

  expect_failures = [var.disk_gb]
}

run "an_image_name_as_tag_is_refused" {
  command = plan

  variables {
    image_tag = "a/b:c"
  }

  expect_failures = [var.image_tag]
}
