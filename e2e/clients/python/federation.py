"""Sign-in by an identity provider, and provisioning by a directory."""

import base64
import os
import re
from datetime import timedelta

from scaleway import ScalewayException
from scaleway.iam.v1alpha1 import (
    ListScimTokensRequestOrderBy,
    SamlCertificateOrigin,
    SamlCertificateType,
    SamlStatus,
)
from scaleway_core.bridge import ScwFile

from expected import is_deleted, raises, shows

IDP = {"entity_id": "https://idp.example.org", "single_sign_on_url": "https://idp.example.org/sso"}
CERTIFICATE = os.environ["SIGNING_CERTIFICATE"]
METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP['entity_id']}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
      <X509Certificate>{re.sub("-----[A-Z ]+-----", "", CERTIFICATE)}</X509Certificate>
    </X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
      Location="{IDP['single_sign_on_url']}"/>
  </IDPSSODescriptor>
</EntityDescriptor>"""


def is_missing(call, resource):
    answer = raises(ScalewayException, call).response.json()
    assert (answer["type"], answer["resource"]) == ("not_found", resource), answer


def saml(sdk):
    iam = sdk.iam
    is_missing(iam.get_organization_saml, "organization_saml")
    made = iam.enable_organization_saml()
    shows(made, status=SamlStatus.MISSING_CERTIFICATE, entity_id="", single_sign_on_url="")
    shows(made.service_provider, entity_id=f"https://iam.example.org/saml/{made.id}")
    in_base_64 = base64.b64encode(METADATA.encode()).decode()
    for content in (METADATA, in_base_64):
        file = ScwFile(name="idp.xml", content_type="application/xml", content=content)
        shows(iam.parse_saml_metadata(file=file), **IDP, signing_certificates=[CERTIFICATE])
    shows(iam.update_saml(saml_id=made.id, **IDP), **IDP, status=SamlStatus.MISSING_CERTIFICATE)
    certificate = iam.add_saml_certificate(saml_id=made.id, type_=SamlCertificateType.SIGNING, content=CERTIFICATE)
    shows(certificate, origin=SamlCertificateOrigin.IDENTITY_PROVIDER, content=CERTIFICATE)
    assert certificate.expires_at.year == 2126
    assert iam.list_saml_certificates(saml_id=made.id).certificates == [certificate]
    assert iam.get_saml_certificate(certificate_id=certificate.id) == certificate
    shows(iam.get_organization_saml(), id=made.id, status=SamlStatus.VALID)
    is_deleted(lambda: iam.delete_saml_certificate(certificate_id=certificate.id))
    is_deleted(lambda: iam.delete_saml(saml_id=made.id))
    is_missing(lambda: iam.list_saml_certificates(saml_id=made.id), "saml")


def scim(sdk):
    iam = sdk.iam
    is_missing(iam.get_organization_scim, "organization_scim")
    made = iam.enable_organization_scim()
    assert iam.get_organization_scim() == made
    first, second = (iam.create_scim_token(scim_id=made.id) for _ in range(2))
    assert first.bearer_token != second.bearer_token
    assert first.token.expires_at - first.token.created_at - timedelta(days=365) < timedelta(days=2)
    third = raises(ScalewayException, lambda: iam.create_scim_token(scim_id=made.id)).response.json()
    assert third["type"] == "quotas_exceeded", third
    newest = {"scim_id": made.id, "order_by": ListScimTokensRequestOrderBy.CREATED_AT_DESC, "page_size": 1}
    shows(iam.list_scim_tokens(**newest), scim_tokens=[second.token], total_count=2)
    assert iam.list_scim_tokens_all(**newest) == [second.token, first.token]
    is_deleted(lambda: iam.delete_scim_token(token_id=first.token.id))
    is_deleted(lambda: iam.delete_scim(scim_id=made.id))


WALKS = {
    "sign-in by an identity provider": saml,
    "provisioning by a directory": scim,
}
