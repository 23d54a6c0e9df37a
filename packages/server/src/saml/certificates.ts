import { X509Certificate } from 'node:crypto';
import { formatTimestamp, invalidArgument, preconditionFailed } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import {
  deleteCertificate,
  getCertificate,
  insertCertificate,
  listCertificates,
  type SamlCertificateRow,
} from './certificate-store.ts';
import { getSaml } from './store.ts';

/** Certificates of one configuration: those in use, those of tomorrow, and some forgotten ones. */
const maximumCertificates = 10;

export const list: Handler<'samlCertificates.list'> = async ({ storage, scope }, { saml_id: samlId }) => {
  await getSaml(storage.db, scope, samlId);
  return { certificates: (await listCertificates(storage.db, scope, samlId)).map(toCertificate) };
};

export const add: Handler<'samlCertificates.add'> = (context, { saml_id: samlId, type, content }) =>
  context.change(async (change) => {
    await getSaml(change.db, change.scope, samlId);
    if (type === 'unknown_certificate_type')
      throw invalidArgument('type', 'constraint', 'value must be one of signing, encryption');
    const expiresAt = endOf(content, type);
    if ((await listCertificates(change.db, change.scope, samlId)).length >= maximumCertificates)
      throw preconditionFailed(
        'unknown_precondition',
        `a configuration has at most ${maximumCertificates} certificates: delete one that is not used any more`,
      );
    const id = context.ids.uuid();
    await insertCertificate(change, { id, saml_id: samlId, type, content, expires_at: expiresAt });
    change.touches(id);
    return toCertificate(await getCertificate(change.db, change.scope, id));
  });

export const get: Handler<'samlCertificates.get'> = async ({ storage, scope }, { certificate_id: id }) =>
  toCertificate(await getCertificate(storage.db, scope, id));

export const remove: Handler<'samlCertificates.delete'> = (context, { certificate_id: id }) =>
  context.change(async (change) => {
    await getCertificate(change.db, change.scope, id);
    await deleteCertificate(change, id);
    change.touches(id);
    return undefined;
  });

/** One certificate and nothing else: a key that came along would be shown to everybody who may list. */
const onePem = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/**
 * When a certificate ends, in microseconds since 1970.
 *
 * @throws ApiError `invalid_arguments` on `content`
 */
function endOf(content: string, type: SamlCertificateRow['type']): number {
  const refused = (help: string) => invalidArgument('content', 'format', help);
  if (!onePem.test(content))
    throw refused(
      'value must be one certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
    );
  const certificate = readCertificate(content);
  if (certificate === null) throw refused('what stands between the lines is not a certificate');
  // Nobody could sign in by another one: see docs/saml.md.
  if (type === 'signing' && certificate.publicKey.asymmetricKeyType !== 'rsa')
    throw refused('the key of a signing certificate must be RSA');
  return Date.parse(certificate.validTo) * 1000;
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function toCertificate(row: SamlCertificateRow) {
  return {
    id: row.id,
    type: row.type,
    origin: 'identity_provider',
    content: row.content,
    expires_at: formatTimestamp(row.expires_at),
  } as const;
}
