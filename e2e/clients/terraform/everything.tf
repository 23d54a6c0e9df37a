# Every resource and data source of the provider whose API is served.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

variable "suffix" { default = "" }
variable "public_key" {}
variable "other_public_key" {}

resource "scaleway_account_project" "site" {
  name        = "site${var.suffix}"
  description = "The site"
}

resource "scaleway_iam_application" "ci" {
  name        = "ci${var.suffix}"
  description = "Builds"
  tags        = ["a", "b"]
}

resource "scaleway_iam_user" "ada" {
  email      = "ada@example.org"
  username   = "ada"
  password   = "correct horse battery"
  tags       = ["member"]
  first_name = "Ada${var.suffix}"
  last_name  = "Lovelace"
}

resource "scaleway_iam_group" "ops" {
  name            = "ops${var.suffix}"
  description     = "On call"
  application_ids = [scaleway_iam_application.ci.id]
  user_ids        = [scaleway_iam_user.ada.id]
  tags            = ["a"]
}

resource "scaleway_iam_group" "outside" {
  name                = "outside"
  external_membership = true
}

resource "scaleway_iam_group_membership" "application" {
  group_id       = scaleway_iam_group.outside.id
  application_id = scaleway_iam_application.ci.id
}

resource "scaleway_iam_group_membership" "user" {
  group_id = scaleway_iam_group.outside.id
  user_id  = scaleway_iam_user.ada.id
}

resource "scaleway_iam_policy" "readers" {
  name           = "readers"
  description    = "Who reads${var.suffix}"
  application_id = scaleway_iam_application.ci.id
  tags           = ["a"]
  rule {
    project_ids          = [scaleway_account_project.site.id]
    permission_set_names = ["ObjectStorageReadOnly", "InstancesReadOnly"]
    condition            = "request.user_agent == \"x\""
  }
  rule {
    organization_id      = scaleway_account_project.site.organization_id
    permission_set_names = ["IAMReadOnly"]
  }
}

resource "scaleway_iam_policy" "of_group" {
  name     = "of-group"
  group_id = scaleway_iam_group.ops.id
  rule {
    project_ids          = [scaleway_account_project.site.id]
    permission_set_names = ["VPCReadOnly"]
  }
}

resource "scaleway_iam_policy" "of_user" {
  name    = "of-user"
  user_id = scaleway_iam_user.ada.id
  rule {
    project_ids          = [scaleway_account_project.site.id]
    permission_set_names = ["VPCReadOnly"]
  }
}

resource "scaleway_iam_policy" "of_nobody" {
  name         = "of-nobody"
  no_principal = true
  rule {
    organization_id      = scaleway_account_project.site.organization_id
    permission_set_names = ["ProjectReadOnly"]
  }
}

resource "scaleway_iam_api_key" "ci" {
  application_id     = scaleway_iam_application.ci.id
  description        = "for builds${var.suffix}"
  default_project_id = scaleway_account_project.site.id
  expires_at         = "2040-01-02T03:04:05Z"
}

resource "scaleway_iam_ssh_key" "laptop" {
  name       = "laptop${var.suffix}"
  public_key = var.public_key
  project_id = scaleway_account_project.site.id
}

# The name that the type had before.
resource "scaleway_account_ssh_key" "phone" {
  name       = "phone${var.suffix}"
  public_key = var.other_public_key
  project_id = scaleway_account_project.site.id
}

data "scaleway_account_project" "site" {
  project_id = scaleway_account_project.site.id
}

data "scaleway_account_projects" "all" {
  depends_on = [scaleway_account_project.site]
}

data "scaleway_iam_application" "by_name" {
  name       = "ci${var.suffix}"
  depends_on = [scaleway_iam_application.ci]
}

data "scaleway_iam_application" "by_id" {
  application_id = scaleway_iam_application.ci.id
}

data "scaleway_iam_group" "by_name" {
  name       = "ops${var.suffix}"
  depends_on = [scaleway_iam_group.ops]
}

data "scaleway_iam_group" "by_id" {
  group_id = scaleway_iam_group.ops.id
}

data "scaleway_iam_policy" "by_name" {
  name       = "readers"
  depends_on = [scaleway_iam_policy.readers]
}

data "scaleway_iam_policy" "by_id" {
  policy_id = scaleway_iam_policy.readers.id
}

data "scaleway_iam_user" "by_email" {
  email      = "ada@example.org"
  depends_on = [scaleway_iam_user.ada]
}

data "scaleway_iam_user" "by_id" {
  user_id = scaleway_iam_user.ada.id
}

data "scaleway_iam_ssh_key" "by_id" {
  ssh_key_id = scaleway_iam_ssh_key.laptop.id
}

data "scaleway_iam_ssh_key" "by_name" {
  name       = "laptop${var.suffix}"
  project_id = scaleway_account_project.site.id
  depends_on = [scaleway_iam_ssh_key.laptop]
}

data "scaleway_account_ssh_key" "by_id" {
  ssh_key_id = scaleway_account_ssh_key.phone.id
}

data "scaleway_account_ssh_key" "by_name" {
  name       = "phone${var.suffix}"
  project_id = scaleway_account_project.site.id
  depends_on = [scaleway_account_ssh_key.phone]
}

data "scaleway_iam_api_key" "ci" {
  access_key = scaleway_iam_api_key.ci.access_key
}

output "found" {
  value = {
    application = [data.scaleway_iam_application.by_name.id, data.scaleway_iam_application.by_id.name]
    group       = [data.scaleway_iam_group.by_name.id, data.scaleway_iam_group.by_id.name]
    policy      = [data.scaleway_iam_policy.by_name.id, data.scaleway_iam_policy.by_id.name]
    user        = [data.scaleway_iam_user.by_email.id, data.scaleway_iam_user.by_id.username]
    ssh_key     = [data.scaleway_iam_ssh_key.by_name.id, data.scaleway_iam_ssh_key.by_id.name]
    old_ssh_key = [data.scaleway_account_ssh_key.by_name.id, data.scaleway_account_ssh_key.by_id.name]
    api_key     = data.scaleway_iam_api_key.ci.description
    project     = data.scaleway_account_project.site.name
    projects    = length(data.scaleway_account_projects.all.projects)
  }
}
