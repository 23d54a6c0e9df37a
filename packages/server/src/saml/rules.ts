import { assertionNamespace } from './names.ts';
import { type SamlFault, SamlRefusal } from './refusal.ts';
import { childrenOf, type Element } from './xml.ts';

/** What an assertion must say to be meant for us, now, as the answer to this request. */
export interface Expected {
  /** What the identity provider calls itself. */
  readonly issuer: string;
  /** What we are called. */
  readonly audience: string;
  /** Our assertion consumer. */
  readonly recipient: string;
  /** The request that is answered. */
  readonly requestId: string;
  /** In microseconds since 1970. */
  readonly now: number;
}

/** How far the clock of an identity provider may be off, in microseconds: a minute. */
const skew = 60 * 1_000_000;

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
/** Attribute that takes precedence over the NameID, for providers whose NameID cannot be chosen. */
const usernameAttribute = 'Username';

/**
 * The rules of the browser profile (saml-profiles-2.0-os, section 4.1.4.3) that a signature does not tell.
 *
 * @param response as it came, which can only add reasons to refuse
 * @param assertion as it was verified
 * @throws SamlRefusal
 */
export function usernameIn(response: Element, assertion: Element, expected: Expected): string {
  assertForUs(response, assertion, expected);
  assertConditions(assertion, expected);
  assertConfirmed(assertion, expected);
  const statements = partsOf(assertion, 'AuthnStatement');
  refuseUnless(statements.length > 0, 'saml_malformed');
  for (const statement of statements) assertNotEnded(statement.attributes.get('SessionNotOnOrAfter'), expected);
  return usernameOf(assertion);
}

const partsOf = (element: Element, name: string) => childrenOf(element, assertionNamespace, name);

function refuseUnless(holds: boolean, fault: SamlFault): asserts holds {
  if (!holds) throw new SamlRefusal(fault);
}

function assertForUs(response: Element, assertion: Element, { issuer, recipient, requestId }: Expected): void {
  const isAssertion = assertion.namespace === assertionNamespace && assertion.name === 'Assertion';
  refuseUnless(isAssertion && assertion.attributes.get('Version') === '2.0', 'saml_malformed');
  const issuers = [...partsOf(response, 'Issuer'), ...partsOf(assertion, 'Issuer')];
  refuseUnless(partsOf(assertion, 'Issuer').length === 1, 'saml_issuer');
  refuseUnless(
    issuers.every(({ text }) => text.trim() === issuer),
    'saml_issuer',
  );
  const destination = response.attributes.get('Destination');
  refuseUnless(destination === undefined || destination === recipient, 'saml_destination');
  const inResponseTo = response.attributes.get('InResponseTo');
  refuseUnless(inResponseTo !== undefined, 'saml_not_asked');
  refuseUnless(inResponseTo === requestId, 'saml_other_request');
}

function assertConditions(assertion: Element, expected: Expected): void {
  const [conditions, ...more] = partsOf(assertion, 'Conditions');
  refuseUnless(conditions !== undefined && more.length === 0, 'saml_audience');
  assertWithin(conditions, expected);
  const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  // What is not understood may not be taken as met (saml-core-2.0-os, section 2.5.1.1).
  refuseUnless(
    conditions.children.every(({ namespace, name }) => namespace === assertionNamespace && known.includes(name)),
    'saml_audience',
  );
  const restrictions = partsOf(conditions, 'AudienceRestriction');
  refuseUnless(restrictions.length > 0, 'saml_audience');
  for (const restriction of restrictions) {
    const audiences = partsOf(restriction, 'Audience').map(({ text }) => text.trim());
    refuseUnless(audiences.includes(expected.audience), 'saml_audience');
  }
}

/** One confirmation has to hold; of several that do not, the first tells why. */
function assertConfirmed(assertion: Element, expected: Expected): void {
  const subjects = partsOf(assertion, 'Subject');
  refuseUnless(subjects.length === 1, 'saml_no_username');
  const confirmations = subjects
    .flatMap((subject) => partsOf(subject, 'SubjectConfirmation'))
    .filter(({ attributes }) => attributes.get('Method') === bearer);
  const faults = confirmations.map((confirmation) => faultOf(confirmation, expected));
  if (faults.includes(undefined)) return;
  throw new SamlRefusal(faults[0] ?? 'saml_recipient');
}

function faultOf(confirmation: Element, expected: Expected): SamlFault | undefined {
  const [data, ...more] = partsOf(confirmation, 'SubjectConfirmationData');
  try {
    refuseUnless(data !== undefined && more.length === 0, 'saml_malformed');
    refuseUnless(data.attributes.get('Recipient') === expected.recipient, 'saml_recipient');
    const inResponseTo = data.attributes.get('InResponseTo');
    refuseUnless(inResponseTo !== undefined, 'saml_not_asked');
    refuseUnless(inResponseTo === expected.requestId, 'saml_other_request');
    refuseUnless(data.attributes.has('NotOnOrAfter'), 'saml_expired');
    assertWithin(data, expected);
    return undefined;
  } catch (failure) {
    if (failure instanceof SamlRefusal) return failure.fault;
    throw failure;
  }
}

function assertWithin({ attributes }: Element, expected: Expected): void {
  const begins = attributes.get('NotBefore');
  refuseUnless(begins === undefined || timeOf(begins) <= expected.now + skew, 'saml_not_yet_valid');
  assertNotEnded(attributes.get('NotOnOrAfter'), expected);
}

function assertNotEnded(end: string | undefined, { now }: Expected): void {
  refuseUnless(end === undefined || timeOf(end) > now - skew, 'saml_expired');
}

/** In microseconds since 1970. Times are in UTC (saml-core-2.0-os, section 1.3.3). */
function timeOf(text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  refuseUnless(!Number.isNaN(time), 'saml_malformed');
  return time * 1000;
}

function usernameOf(assertion: Element): string {
  const attributes = partsOf(assertion, 'AttributeStatement')
    .flatMap((statement) => partsOf(statement, 'Attribute'))
    .filter((attribute) => attribute.attributes.get('Name') === usernameAttribute);
  const names =
    attributes.length > 0
      ? attributes.flatMap((attribute) => partsOf(attribute, 'AttributeValue'))
      : partsOf(assertion, 'Subject').flatMap((subject) => partsOf(subject, 'NameID'));
  const [name, ...more] = names;
  refuseUnless(name !== undefined && more.length === 0 && name.children.length === 0, 'saml_no_username');
  const username = name.text.trim();
  refuseUnless(username !== '', 'saml_no_username');
  return username;
}
