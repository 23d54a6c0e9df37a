/**
 * The eight classic ways to wrap a signature (Somorovsky and others, "On Breaking SAML: Be Whoever You Want to Be", 2012): what is
 * signed stays in the document, somewhere else than where it is looked for, and something evil stands in its place.
 */
export interface Wrapped {
  readonly name: string;
  readonly xml: string;
}

const signatureIn = (xml: string): string => /<ds:Signature .*?<\/ds:Signature>/s.exec(xml)?.[0] ?? '';
const assertionIn = (xml: string): string => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
const without = (xml: string, part: string): string => xml.replace(part, '');

/**
 * @param response signed as a whole
 * @param assertion an answer whose assertion is signed
 * @param evil makes the unsigned evil one of a signed one: another name, another identifier
 */
export function wrappings(response: string, assertion: string, evil: (xml: string) => string): readonly Wrapped[] {
  const ofResponse = signatureIn(response);
  const bare = without(response, ofResponse);
  const original = assertionIn(assertion);
  const ofAssertion = signatureIn(original);
  const bareOriginal = without(original, ofAssertion);
  const evilOne = evil(bareOriginal);
  const evilWith = (inner: string) => evilOne.replace('</saml:Issuer>', `</saml:Issuer>${inner}`);
  const inside = (signature: string, inner: string) =>
    signature.replace('</ds:Signature>', `<ds:Object>${inner}</ds:Object></ds:Signature>`);
  const around = (contents: string) => assertion.replace(original, contents);
  const evilResponse = (inner: string) => evil(bare).replace('</saml:Issuer>', `</saml:Issuer>${inner}`);
  return [
    { name: '1: the response within the signature of an evil response', xml: evilResponse(inside(ofResponse, bare)) },
    { name: '2: the response before a signature that stands beside it', xml: evilResponse(`${bare}${ofResponse}`) },
    { name: '3: an evil assertion before the signed one', xml: around(`${evilOne}${original}`) },
    {
      name: '4: the signed assertion within an evil one',
      xml: around(evilOne.replace('</saml:Assertion>', `${original}</saml:Assertion>`)),
    },
    {
      name: '5: an evil assertion with the signature, the signed one behind it',
      xml: around(`${evilWith(ofAssertion)}${bareOriginal}`),
    },
    {
      name: '6: the signed assertion within the signature of an evil one',
      xml: around(evilWith(inside(ofAssertion, bareOriginal))),
    },
    {
      name: '7: an evil assertion in the extensions of the response',
      xml: assertion.replace('<samlp:Status>', `<samlp:Extensions>${evilOne}</samlp:Extensions><samlp:Status>`),
    },
    {
      name: '8: the signed assertion in an object of its signature, moved into an evil one',
      xml: around(evilWith(inside(ofAssertion, original))),
    },
  ];
}
