/** Why the answer of an identity provider does not count; for the audit log (docs/saml.md). */
export type SamlFault =
  | 'saml_malformed'
  | 'saml_encrypted'
  | 'saml_algorithm'
  | 'saml_certificate_ended'
  | 'saml_signature'
  | 'saml_status'
  | 'saml_issuer'
  | 'saml_destination'
  | 'saml_recipient'
  | 'saml_audience'
  | 'saml_not_asked'
  | 'saml_not_open'
  | 'saml_other_request'
  | 'saml_not_yet_valid'
  | 'saml_expired'
  | 'saml_no_username';

/** An answer that does not count. Nothing of what it says is in here. */
export class SamlRefusal extends Error {
  override readonly name = 'SamlRefusal';
  readonly fault: SamlFault;

  constructor(fault: SamlFault) {
    super(`the answer of the identity provider is refused: ${fault}`);
    this.fault = fault;
  }
}
