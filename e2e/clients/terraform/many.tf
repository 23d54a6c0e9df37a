# Fifty resources, which the default parallelism makes ten at a time.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

variable "organization_id" {}

resource "scaleway_iam_application" "each" {
  count = 20
  name  = "many-${count.index}"
}

resource "scaleway_iam_group" "each" {
  count           = 10
  name            = "many-${count.index}"
  application_ids = [scaleway_iam_application.each[count.index].id, scaleway_iam_application.each[count.index + 10].id]
}

resource "scaleway_iam_policy" "each" {
  count          = 20
  name           = "many-${count.index}"
  application_id = scaleway_iam_application.each[count.index].id
  rule {
    organization_id      = var.organization_id
    permission_set_names = ["IAMReadOnly"]
  }
}
