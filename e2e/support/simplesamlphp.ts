import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../test-support/certificates.ts';
import { freePort } from './free-port.ts';

/** Where the Debian package `simplesamlphp` puts it. */
const installed = '/usr/share/simplesamlphp';

/** An identity provider that is not ours: SimpleSAMLphp, as a process of its own, behind TLS. */
export interface IdentityProvider {
  /** Where its metadata is. */
  readonly metadataUrl: string;
  /** Its metadata, as an administrator would download it. */
  metadata(): Promise<string>;
  /** Makes it trust whom this metadata describes. */
  trust(metadata: string): void;
  stop(): Promise<void>;
}

/** The folder it is installed in. In CI it must be there; elsewhere its tests are left out, and that is told. */
export function simplesamlphpFolders(): readonly string[] {
  const isThere = existsSync(installed) && hasPhp();
  if (isThere) return [installed];
  if (process.env.CI) throw new Error('no identity provider found: install simplesamlphp, php-cli and php-xml');
  console.warn('no simplesamlphp found: sign-in by SAML is not tested with it');
  return [];
}

function hasPhp(): boolean {
  try {
    return execFileSync('php', ['-m'], { encoding: 'utf8' }).includes('\ndom\n');
  } catch {
    return false;
  }
}

/** @param users passwords by username */
export async function startSimplesamlphp(users: Readonly<Record<string, string>>): Promise<IdentityProvider> {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-idp-'));
  const tls = makeCertificate(folder, { name: 'tls' });
  makeCertificate(folder, { name: 'idp', kind: 'rsa', days: 30 });
  const port = await freePort();
  const proxy = createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const passedOn = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passedOn.once('error', () => outgoing.destroy());
    incoming.pipe(passedOn);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}/`;
  configure(folder, url, users);
  const child = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', `${installed}/www`, join(folder, 'router.php')], {
    env: { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: join(folder, 'config') },
    stdio: 'ignore',
  });
  process.once('exit', () => child.kill('SIGKILL'));
  await listens(child, port);
  const metadataUrl = `${url}saml2/idp/metadata.php`;
  return {
    metadataUrl,
    metadata: () => fetchText(port, new URL(metadataUrl)),
    trust: (metadata) => writeFileSync(join(folder, 'sp.xml'), metadata),
    stop: async () => {
      child.kill('SIGKILL');
      await new Promise((resolve) => proxy.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listens(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`php ended with ${child.exitCode}`);
    const answers = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Past the proxy, whose certificate nobody vouches for. */
async function fetchText(port: number, { pathname }: URL): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${pathname}`);
  return answer.text();
}

const php = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`;

function configure(folder: string, url: string, users: Readonly<Record<string, string>>): void {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), `<?php\n${text}`);
  for (const name of ['config', 'metadata', 'log', 'data', 'tmp', 'sessions']) mkdirSync(join(folder, name));
  const at = (name: string) => php(join(folder, name));
  write(
    'config/config.php',
    `$config = [
  'baseurlpath' => ${php(url)}, 'certdir' => ${at('')}, 'loggingdir' => ${at('log/')}, 'datadir' => ${at('data/')}, 'tempdir' => ${at('tmp')},
  'metadatadir' => ${at('metadata/')}, 'attributenamemapdir' => '/etc/simplesamlphp/attributemap/',
  'secretsalt' => 'of-the-tests', 'auth.adminpassword' => 'not-used-by-anybody', 'timezone' => 'UTC', 'technicalcontact_email' => 'idp@example.org',
  'logging.handler' => 'file', 'showerrors' => true, 'errorreporting' => false, 'enable.saml20-idp' => true,
  'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true], 'store.type' => 'phpsession',
  'session.phpsession.savepath' => ${at('sessions')}, 'session.cookie.secure' => true,
  'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => ${at('sp.xml')}]],
];`,
  );
  const known = Object.entries(users).map(
    ([name, password]) => `${php(`${name}:${password}`)} => ['uid' => [${php(name)}]]`,
  );
  write('config/authsources.php', `$config = ['people' => ['exampleauth:UserPass', ${known.join(', ')}]];`);
  write(
    'metadata/saml20-idp-hosted.php',
    `$metadata['__DYNAMIC:1__'] = ['host' => '__DEFAULT__', 'privatekey' => 'idp.key', 'certificate' => 'idp.crt', 'auth' => 'people',
  'authproc' => [3 => ['class' => 'saml:AttributeNameID', 'attribute' => 'uid', 'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified']]];`,
  );
  writeFileSync(join(folder, 'sp.xml'), '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>');
  write(
    'router.php',
    `$_SERVER['HTTPS'] = 'on';
if (!preg_match('#^(/[^.]*\\.php)(/.*)?$#', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), $parts)) return false;
$_SERVER['SCRIPT_NAME'] = $parts[1]; $_SERVER['PATH_INFO'] = $parts[2] ?? '';
chdir(dirname(${php(installed)} . '/www' . $parts[1]));
require ${php(installed)} . '/www' . $parts[1];`,
  );
}
