import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files of a certificate in PEM. */
export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWishes {
  /** Of the files, without their ending. */
  readonly name: string;
  readonly days?: number;
  /** Locks the key. */
  readonly password?: string;
  readonly kind?: 'ec' | 'rsa';
}

/** Makes a certificate for 127.0.0.1 that vouches for itself, with the `openssl` of the machine. */
export function makeCertificate(
  folder: string,
  { name, days = 2, password, kind: wanted = 'ec' }: CertificateWishes,
): CertificatePaths {
  const paths = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const kind = wanted === 'rsa' ? ['-newkey', 'rsa:2048'] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const what = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', String(days)];
  const lock = password === undefined ? ['-nodes'] : ['-passout', `pass:${password}`];
  const words = ['req', '-x509', ...kind, ...what, ...lock, '-keyout', paths.key, '-out', paths.cert];
  execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  return paths;
}
