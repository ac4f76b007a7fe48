output "settings" {
  description = "The settings for this place: variable -> value. scripts/settings_from_terraform writes them as an env file."
  value       = local.settings
}

output "image" {
  description = "Name under which the machine looks for the image."
  value       = local.image
}

output "machine" {
  description = "How to reach Dagster's web server: the machine's name and zone."
  value       = { name = google_compute_instance.orchestrator.name, zone = google_compute_instance.orchestrator.zone }
}

output "reader" {
  description = "Account that readers impersonate."
  value       = google_service_account.reader.email
}

output "grants" {
  description = "Every grant: what it is on, the role, and who has it."
  value = sort(concat(
    [for grant in google_project_iam_member.grant : "project | ${grant.role} | ${grant.member}"],
    [for grant in google_storage_bucket_iam_member.grant : "bucket ${grant.bucket} | ${grant.role} | ${grant.member}"],
    [for grant in google_bigquery_dataset_iam_member.grant : "dataset ${grant.dataset_id} | ${grant.role} | ${grant.member}"],
    [for key, grant in google_service_account_iam_member.grant : "account ${local.account_grants[key].account} | ${grant.role} | ${grant.member}"],
    [for grant in [google_secret_manager_secret_iam_member.socrata_app_token] : "secret ${grant.secret_id} | ${grant.role} | ${grant.member}"],
    [for grant in [google_artifact_registry_repository_iam_member.images] : "repository ${grant.repository} | ${grant.role} | ${grant.member}"],
    [for grant in google_iap_tunnel_instance_iam_member.operator : "tunnel ${grant.instance} | ${grant.role} | ${grant.member}"],
    [for grant in google_compute_instance_iam_member.operator : "machine ${grant.instance_name} | ${grant.role} | ${grant.member}"],
  ))
}
