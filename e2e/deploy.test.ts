import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flags } from '../packages/server/src/config.ts';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { nginxPrograms, startNginx } from '../test-support/nginx.ts';
import { callApi, dataFolder, removeData, type ServerProcess, startServer } from './support/server-process.ts';

const root = join(import.meta.dirname, '..');
const file = (name: string): string => readFileSync(join(root, 'deploy', name), 'utf8');
const settings = new Set(Object.keys(flags).map((flag) => `BAILIWICK_${flag.replaceAll('-', '_').toUpperCase()}`));
/** Settings that have no flag. */
const secrets = ['BAILIWICK_SERVER_KEY'];

/** Metrics that a query names. */
const namesIn = (query: string): readonly string[] =>
  (query.match(/\b(?:bailiwick|nodejs|process)_\w+/g) ?? []).map((name) => name.replace(/_bucket$/, ''));

describe('what watches a server', () => {
  let server: ServerProcess;
  let known: ReadonlySet<string>;
  let operations: ReadonlySet<string>;
  let created: TestDatabase;
  beforeAll(async () => {
    const [database] = databases();
    if (!database) throw new Error('there is no database');
    created = await database.create();
    server = await startServer({ databaseUrl: created.url });
    await callApi(server, 'POST', '/iam/v1alpha1/check-permissions', {
      permissions: [{ service: 'iam', name: 'policy', action: 'read', organization_id: server.organizationId }],
    });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name));
    operations = new Set([...text.matchAll(/operation="([^"]+)"/g)].map(([, name = '']) => name));
  });
  afterAll(async () => {
    await server.stop();
    removeData(server);
    await created.drop();
  });

  /** There with HTTPS only. */
  const ofCertificates = 'bailiwick_certificate_ends_at_seconds';
  const expectKnown = (queries: readonly string[]) => {
    for (const query of queries) {
      if (!query.startsWith('up{')) expect(namesIn(query), query).not.toEqual([]);
      for (const name of namesIn(query)) expect([...known, ofCertificates]).toContain(name);
      for (const [, operation] of query.matchAll(/operation="([^"]+)"/g)) expect(operations).toContain(operation);
    }
  };

  it('the dashboard asks for metrics that there are', () => {
    const { panels } = JSON.parse(file('grafana.json'));
    const targets = panels.flatMap(
      (panel: { readonly targets: readonly { readonly expr: string }[] }) => panel.targets,
    );
    expect(targets.length).toBeGreaterThan(10);
    expectKnown(targets.map(({ expr }: { readonly expr: string }) => expr));
  });

  it('the alerts are about metrics that there are, each with a name and a sentence of its own', () => {
    const { rules } = parse(file('alerts.yaml')).groups[0];
    expectKnown(rules.map(({ expr }: { readonly expr: string }) => expr));
    expect(new Set(rules.map(({ alert }: { readonly alert: string }) => alert)).size).toBe(rules.length);
    for (const { annotations, labels } of rules) {
      expect(annotations.summary.length).toBeGreaterThan(10);
      expect(['page', 'ticket']).toContain(labels.severity);
    }
  });
});

describe('the container', () => {
  const lines = file('Containerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const wordsOf = (word: string): string =>
    last.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1) ?? '';
  let folder: string;
  let child: ChildProcess;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bailiwick-container-'));
  });
  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not run by root, and has known settings only', () => {
    expect(wordsOf('USER')).toBe('node');
    const environment = wordsOf('ENV').match(/BAILIWICK_\w+/g) ?? [];
    for (const name of environment) expect(settings).toContain(name);
  });

  it('has all that a server needs: what is copied starts, by its own command, and its health is found good', async () => {
    for (const line of last.filter((each) => each.startsWith('COPY '))) {
      const [, from = '', to = ''] = /^COPY --from=build \/app\/(\S+) (\S+)$/.exec(line) ?? [];
      const source = join(root, from);
      expect(existsSync(source), line).toBe(true);
      const target = to.endsWith('/') ? join(folder, to, basename(from)) : join(folder, to);
      mkdirSync(dirname(target), { recursive: true });
      // Hundreds of megabytes.
      if (from === 'node_modules') symlinkSync(source, target);
      else cpSync(source, target, { recursive: true });
    }
    const words: string[] = [...JSON.parse(wordsOf('ENTRYPOINT')), ...JSON.parse(wordsOf('CMD'))];
    const [program = '', ...rest] = words;
    expect(program).toBe('node');
    const env = { PATH: process.env.PATH ?? '', BAILIWICK_PORT: '0', BAILIWICK_DATA: join(folder, 'data') };
    child = spawn(process.execPath, rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    await expect.poll(() => output, { timeout: 20_000 }).toMatch(/^listening on /m);
    const { port } = new URL(/^listening on (.+)$/m.exec(output)?.[1] ?? '');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    const health: string[] = JSON.parse(/CMD (\[.*\])$/.exec(wordsOf('HEALTHCHECK'))?.[1] ?? '[]');
    const healthOf = (at: string) =>
      execFileSync(process.execPath, health.slice(1), { env: { BAILIWICK_PORT: at }, stdio: 'ignore' });
    healthOf(port);
    expect(() => healthOf('1')).toThrow();
  });
});

describe('the service of systemd', () => {
  const isThere = existsSync('/usr/bin/systemd-analyze');
  it.runIf(isThere)('is taken by systemd, and exposes little', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bailiwick-systemd-'));
    const path = join(folder, 'bailiwick.service');
    // The programs of another machine are not looked for.
    writeFileSync(path, file('bailiwick.service').replace('/usr/bin/node', process.execPath));
    const analyze = (...words: string[]) =>
      execFileSync('/usr/bin/systemd-analyze', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(analyze('verify', '--man=no', path)).toBe('');
    // Of 10, where most services have 9; it fails beyond.
    analyze('security', '--offline=true', '--threshold=20', path);
    rmSync(folder, { recursive: true });
  });
});

describe('the example of two servers', () => {
  it('sets what servers know', () => {
    const { services } = parse(file('compose.yaml'), { merge: true });
    for (const name of ['one', 'two']) {
      const { environment, read_only } = services[name];
      expect(read_only).toBe(true);
      for (const setting of Object.keys(environment)) expect([...settings, ...secrets]).toContain(setting);
    }
  });

  for (const program of nginxPrograms())
    it('nginx asks the other server when one is gone, and tells who the client is', async () => {
      const [database] = databases().slice(-1);
      if (!database) throw new Error('there is no database');
      const created = await database.create();
      const data = dataFolder();
      const env = { BAILIWICK_TRUSTED_PROXIES: '127.0.0.1' };
      const one = await startServer({ data, databaseUrl: created.url, env, logLevel: 'info' });
      const two = await startServer({ data, databaseUrl: created.url, env, logLevel: 'info' });
      const at = (server: ServerProcess) => new URL(server.url).host;
      const servers = file('nginx.conf').replace('127.0.0.1:8081', at(one)).replace('127.0.0.1:8082', at(two));
      const nginx = await startNginx(program, servers);
      const gateway = { url: `http://127.0.0.1:${nginx.port}`, secretKey: one.secretKey };
      const statuses = async () => {
        const all = [];
        for (let time = 0; time < 20; time += 1)
          all.push(
            (await callApi(gateway, 'GET', '/iam/v1alpha1/users', undefined, { 'x-forwarded-for': '192.0.2.9' }))
              .status,
          );
        return [...new Set(all)];
      };
      expect(await statuses()).toEqual([200]);
      expect((await fetch(`${gateway.url}/metrics`)).status).toBe(403);
      // What a client says of itself, and under which name it asks, changes no link.
      const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'elsewhere.example.org' };
      const { body } = await callApi(gateway, 'GET', '/openapi.json', undefined, forged);
      expect(JSON.stringify(body.servers)).not.toContain('elsewhere');
      expect(await one.stop()).toBe(0);
      expect(await statuses()).toEqual([200]);
      expect(one.errors() + two.errors()).not.toContain('192.0.2.9');
      expect(await two.stop()).toBe(0);
      await nginx.stop();
      removeData(one);
      await created.drop();
    });
});
