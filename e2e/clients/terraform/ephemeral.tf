# Secrets that no state holds: a key that each run makes for itself and works with, and a password.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

variable "application_id" {}
variable "expires_at" {}
variable "password" { ephemeral = true }

ephemeral "scaleway_iam_api_key" "run" {
  application_id = var.application_id
  description    = "for one run"
  expires_at     = var.expires_at
}

provider "scaleway" {
  alias      = "run"
  access_key = ephemeral.scaleway_iam_api_key.run.access_key
  secret_key = ephemeral.scaleway_iam_api_key.run.secret_key
}

resource "scaleway_iam_application" "made" {
  provider = scaleway.run
  name     = "made-with-a-key-of-the-run"
}

resource "scaleway_iam_user" "made" {
  provider            = scaleway.run
  email               = "grace@example.org"
  username            = "grace"
  password_wo         = var.password
  password_wo_version = 1
}
