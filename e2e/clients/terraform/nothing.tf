# For the schemas of the provider.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}
