import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, runProgram } from './server-process.ts';

const program = '/usr/sbin/sshd';

/** sshd, where there is one and it can be run. In CI it must be; elsewhere its tests are left out, and that is told. */
export function sshdPrograms(): readonly string[] {
  const reason = existsSync(program)
    ? process.getuid?.() === 0
      ? null
      : 'only root can run sshd with a command for its keys'
    : 'no sshd found: install openssh-server';
  if (reason === null) return [program];
  if (process.env.CI) throw new Error(reason);
  console.warn(`${reason}: logins with keys of a project are not tested`);
  return [];
}

/** Old ones do not know the flag, and tell it among what they know. */
export function sshdVersion(): string {
  return /OpenSSH_([\w.]+)/.exec(spawnSync(program, ['-V'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown';
}

/** A daemon of the test's own, and a client whose key is in its home. */
export interface Sshd {
  /** Path of the public key. */
  readonly publicKey: string;
  /** Logs in and says a word. */
  login(): Promise<Outcome>;
  log(): string;
  stop(): void;
}

/**
 * @param command shell line that prints the keys
 */
export async function startSshd(command: string): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  // sshd wants every folder above its command to be root's alone: not so for the folder of temporary files.
  const safe = mkdtempSync('/var/lib/bailiwick-sshd-');
  chmodSync(safe, 0o755);
  const script = join(safe, 'keys');
  writeFileSync(script, `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
  for (const name of ['host', 'client']) {
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      'somebody@example.org',
      '-f',
      join(folder, name),
    ]);
  }
  mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  writeFileSync(join(folder, 'sshd_config'), configuration(port, folder, script));
  const child = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await untilListening(child, () => log);
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', `UserKnownHostsFile=${folder}/hosts`, 'LogLevel=ERROR'];
  const words = [...options.flatMap((option) => ['-o', option]), '-F', 'none', '-o', 'IdentitiesOnly=yes'];
  return {
    publicKey: join(folder, 'client.pub'),
    login: () =>
      runProgram('ssh', [...words, '-i', join(folder, 'client'), '-p', String(port), 'root@127.0.0.1', 'echo let in']),
    log: () => log,
    stop: () => {
      child.kill();
      for (const path of [folder, safe]) rmSync(path, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, folder: string, script: string): string {
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${join(folder, 'host')}`,
    `PidFile ${join(folder, 'pid')}`,
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'LogLevel VERBOSE',
    `AuthorizedKeysCommand ${script}`,
    'AuthorizedKeysCommandUser root',
    'AuthorizedKeysFile none',
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

async function untilListening(child: ChildProcess, log: () => string): Promise<void> {
  while (!log().includes('Server listening')) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
