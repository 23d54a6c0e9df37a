import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { signingCertificate, signingCertificateEnd } from '../../test-support/signing-certificate.ts';
import { id, type Walks } from './expected.ts';

/** Sign-in by an identity provider. */
export const federation: Walks = {
  'a SAML configuration and its certificates': async ({ iam }) => {
    const saml = await iam.enableOrganizationSaml();
    const serviceProvider = { entityId: expect.any(String), assertionConsumerServiceUrl: expect.any(String) };
    const empty = { id, serviceProvider, entityId: '', singleSignOnUrl: '' };
    expect(saml).toEqual({ ...empty, status: 'missing_certificate' });
    const idp = { entityId: 'https://idp.example.org', singleSignOnUrl: 'https://idp.example.org/sso' };
    expect(await iam.updateSaml({ samlId: saml.id, ...idp })).toEqual({ ...saml, ...idp });
    const { content } = signingCertificate;
    const certificate = await iam.addSamlCertificate({ samlId: saml.id, type: 'signing', content });
    const expiresAt = new Date(signingCertificateEnd);
    expect(certificate).toEqual({ id, type: 'signing', origin: 'identity_provider', content, expiresAt });
    expect(await iam.listSamlCertificates({ samlId: saml.id })).toEqual({ certificates: [certificate] });
    expect(await iam.getOrganizationSaml()).toEqual({ ...saml, ...idp, status: 'valid' });
    const metadata = await readFile(join(import.meta.dirname, 'identity-provider.xml'));
    const file = new Blob([metadata], { type: 'application/xml' });
    const parsed = await iam.parseSamlMetadata({ file });
    expect(parsed).toEqual({ ...idp, signingCertificates: [new X509Certificate(content).toString()] });
    expect(await iam.deleteSamlCertificate({ certificateId: certificate.id })).toBeUndefined();
    expect(await iam.deleteSaml({ samlId: saml.id })).toBeUndefined();
  },
};
