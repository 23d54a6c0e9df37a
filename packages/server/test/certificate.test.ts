import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificatePaths, makeCertificate } from '../../../test-support/certificates.ts';
import { ConfigError } from '../src/config.ts';
import { openCertificate } from '../src/tls/certificate.ts';

describe('the certificate of a server', () => {
  let folder: string;
  let one: CertificatePaths;
  let other: CertificatePaths;
  let locked: CertificatePaths;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bailiwick-certificate-'));
    one = makeCertificate(folder, { name: 'one' });
    other = makeCertificate(folder, { name: 'other' });
    locked = makeCertificate(folder, { name: 'locked', password: 'a-word-of-the-test' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const refusalOf = async (files: CertificatePaths): Promise<string> => {
    const failure = await openCertificate(files).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(failure).toBeInstanceOf(ConfigError);
    return failure instanceof ConfigError ? failure.message : '';
  };

  it('is what the files hold, and not before TLS 1.2', async () => {
    const certificate = await openCertificate(one);
    expect(certificate.current()).toEqual({
      cert: readFileSync(one.cert, 'utf8'),
      key: readFileSync(one.key, 'utf8'),
      minVersion: 'TLSv1.2',
    });
    expect(certificate.endsAt() * 1000).toBeGreaterThan(Date.now());
  });

  it('that cannot be used is refused by the name of the flag, and says how to mend it', async () => {
    const nonsense = file('nonsense', 'nonsense');
    const torn = file('torn.crt', readFileSync(one.cert, 'utf8').replace(/\n[^\n]{20}/, '\n'));
    const tornKey = file('torn.key', readFileSync(one.key, 'utf8').replace(/\n[^\n]{20}/, '\n'));
    expect(await refusalOf({ cert: join(folder, 'nothing'), key: one.key })).toMatch(
      /^--tls-cert cannot be read: ENOENT/,
    );
    expect(await refusalOf({ cert: one.cert, key: folder })).toMatch(/^--tls-key cannot be read: EISDIR/);
    expect(await refusalOf({ cert: nonsense, key: one.key })).toContain('no certificate in PEM');
    expect(await refusalOf({ cert: torn, key: one.key })).toContain('no certificate that can be read');
    expect(await refusalOf({ cert: one.cert, key: one.cert })).toContain('no private key in PEM');
    expect(await refusalOf({ cert: one.cert, key: tornKey })).toContain('no private key that can be read');
    expect(await refusalOf({ cert: one.cert, key: other.key })).toContain('is not the key of the first certificate');
    expect(await refusalOf(locked)).toContain('`openssl pkey` writes it without one');
  });

  it('nothing of a key is repeated', async () => {
    const [line = ''] = readFileSync(one.key, 'utf8').split('\n').slice(1);
    const key = file('bent.key', readFileSync(one.key, 'utf8').replace(/\n[^\n]{9}/, '\n'));
    expect(await refusalOf({ cert: one.cert, key })).not.toContain(line.slice(9, 30));
  });

  it('is renewed when the files are read again, and stays when they are of no use', async () => {
    const paths = {
      cert: file('renewed.crt', readFileSync(one.cert, 'utf8')),
      key: file('renewed.key', readFileSync(one.key, 'utf8')),
    };
    const certificate = await openCertificate(paths);
    const shown: string[] = [];
    certificate.onRenewal(({ cert }) => shown.push(cert));
    writeFileSync(paths.cert, readFileSync(other.cert));
    await expect(certificate.reload()).rejects.toThrow(ConfigError);
    expect([shown, certificate.current().cert]).toEqual([[], readFileSync(one.cert, 'utf8')]);
    writeFileSync(paths.key, readFileSync(other.key));
    await certificate.reload();
    expect(shown).toEqual([readFileSync(other.cert, 'utf8')]);
  });
});
