# Sign-in by an identity provider, and provisioning by a directory.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

variable "certificate" {}

resource "scaleway_iam_saml" "idp" {}

resource "scaleway_iam_saml_certificate" "signing" {
  saml_id = scaleway_iam_saml.idp.id
  type    = "signing"
  content = var.certificate
}

resource "scaleway_iam_scim" "directory" {}

resource "scaleway_iam_scim_token" "directory" {
  scim_id = scaleway_iam_scim.directory.id
}

data "scaleway_iam_saml" "idp" {
  organization_id = scaleway_iam_saml.idp.organization_id
}

data "scaleway_iam_saml_certificate" "signing" {
  certificate_id = scaleway_iam_saml_certificate.signing.id
}

data "scaleway_iam_scim" "directory" {
  organization_id = scaleway_iam_scim.directory.organization_id
}

data "scaleway_iam_scim_token" "directory" {
  scim_id  = scaleway_iam_scim.directory.id
  token_id = scaleway_iam_scim_token.directory.id
}

output "found" {
  value = {
    provider    = data.scaleway_iam_saml.idp.service_provider.entity_id
    consumer    = data.scaleway_iam_saml.idp.service_provider.assertion_consumer_service_url
    entity_id   = data.scaleway_iam_saml.idp.entity_id
    certificate = data.scaleway_iam_saml_certificate.signing.content
    origin      = data.scaleway_iam_saml_certificate.signing.origin
    scim        = data.scaleway_iam_scim.directory.id
    token       = data.scaleway_iam_scim_token.directory.id
  }
}
