# A key that no state holds: each run makes one of its own, and works with it.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

variable "application_id" {}
variable "expires_at" {}

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
