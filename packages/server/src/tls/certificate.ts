import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config.ts';

/** Where a certificate and its key are, in PEM. */
export interface CertificateFiles {
  /** The certificate of the server first, then those that it was signed with. */
  readonly cert: string;
  readonly key: string;
}

/** What a TLS server shows, as `tls.createSecureContext` takes it. */
export interface Shown {
  readonly cert: string;
  readonly key: string;
  /** TLS 1.0 and 1.1 are not to be used any more (RFC 8996). */
  readonly minVersion: 'TLSv1.2';
}

/** A certificate as it is in force. */
export interface Certificate {
  current(): Shown;
  /** Last moment at which clients take it, in seconds since 1970. */
  endsAt(): number;
  /** Tells of each one that comes into force later. */
  onRenewal(use: (shown: Shown) => void): void;
  /**
   * Reads the files again.
   *
   * @throws ConfigError when they cannot be used; what is in force stays
   */
  reload(): Promise<void>;
}

/** @throws ConfigError when the files cannot be used */
export async function openCertificate(files: CertificateFiles): Promise<Certificate> {
  let loaded = await load(files);
  const listeners: ((shown: Shown) => void)[] = [];
  return {
    current: () => loaded.shown,
    endsAt: () => loaded.endsAt,
    onRenewal: (use) => void listeners.push(use),
    reload: async () => {
      loaded = await load(files);
      for (const use of listeners) use(loaded.shown);
    },
  };
}

interface Loaded {
  readonly shown: Shown;
  readonly endsAt: number;
}

async function load(files: CertificateFiles): Promise<Loaded> {
  const [cert, key] = await Promise.all([readText(files.cert, '--tls-cert'), readText(files.key, '--tls-key')]);
  const certificate = readCertificate(cert, files.cert);
  if (!certificate.checkPrivateKey(readKey(key, files.key)))
    throw new ConfigError(
      `--tls-key ${files.key} is not the key of the first certificate in ${files.cert}; the server's own comes first there`,
    );
  const shown: Shown = { cert, key, minVersion: 'TLSv1.2' };
  try {
    createSecureContext(shown);
  } catch (cause) {
    throw new ConfigError(`--tls-cert ${files.cert} cannot be used: ${reasonOf(cause)}`);
  }
  return { shown, endsAt: Date.parse(certificate.validTo) / 1000 };
}

async function readText(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${flag} cannot be read: ${reasonOf(cause)}`);
  }
}

function readCertificate(text: string, path: string): X509Certificate {
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new ConfigError(
      `--tls-cert ${path} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`,
    );
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new ConfigError(`--tls-cert ${path} holds no certificate that can be read: ${reasonOf(cause)}`);
  }
}

/** Nothing of a key is repeated. */
function readKey(text: string, path: string): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new ConfigError(
      `--tls-key ${path} holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----`,
    );
  if (/ENCRYPTED/.test(text))
    throw new ConfigError(`--tls-key ${path} is locked with a password; \`openssl pkey\` writes it without one`);
  try {
    return createPrivateKey(text);
  } catch {
    throw new ConfigError(`--tls-key ${path} holds no private key that can be read`);
  }
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
