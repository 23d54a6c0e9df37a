import { join } from 'node:path';
import { operations } from '@bailiwick/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import { signingCertificate } from '../../test-support/signing-certificate.ts';
import { dataFolder, removeData, runProgram, type ServerProcess, startServer } from '../support/server-process.ts';
import { resultsOf } from './support/compatibility.ts';
import { pythonWithSdk } from './support/python.ts';

/** What walk.py prints. */
interface Walked {
  readonly versions: { readonly python: string; readonly scaleway: string };
  /** What came of each walk: `done`, or where it failed. */
  readonly walks: Readonly<Record<string, string>>;
  /** Names of the methods that were called. */
  readonly called: readonly string[];
  /** Method and path by the name of the method that sends it, a star for each parameter. */
  readonly requests: Readonly<Record<string, string>>;
}

const walks = [
  'the organization and its settings',
  'projects',
  'quotas',
  'session tokens',
  'the log',
  'users',
  'applications, more than a page of them',
  'groups',
  'one-time passwords',
  'authenticators',
  'grace periods',
  'connections',
  'policies and their rules',
  'permission sets, on three pages',
  'API keys',
  'SSH keys',
  'sign-in by an identity provider',
  'provisioning by a directory',
  'refusals, with all that they say',
];

/** What methods that cannot be called yet are about. */
const notServed = /project_with_resources|project_qualification/;

const results = resultsOf('python-sdk');
const installing = 10 * 60_000;

for (const database of databases()) {
  describe(`the official Python SDK against a server on ${database.name}`, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let walked: Walked | null = null;
    results(database.name, () => {
      if (walked === null) return null;
      const { python, scaleway } = walked.versions;
      return { client: 'the Python SDK', version: `scaleway ${scaleway}`, machine: `Python ${python}` };
    });

    beforeAll(async () => {
      created = await database.create();
      const own = { BAILIWICK_PUBLIC_URL: 'https://iam.example.org' };
      server = await startServer({ data: dataFolder({ iam_ssh_keys: 1 }), databaseUrl: created.url, env: own });
      const python = await pythonWithSdk();
      if ('missing' in python) {
        console.warn(`${python.missing}: what it makes of our answers is not tested`);
        return;
      }
      const env = {
        HOME: server.data,
        SCW_CONFIG_PATH: server.configuration,
        PYTHONDONTWRITEBYTECODE: '1',
        SIGNING_CERTIFICATE: signingCertificate.content,
      };
      const walk = join(import.meta.dirname, 'python/walk.py');
      const { code, stdout, stderr } = await runProgram(python.path, [walk], { env, milliseconds: 120_000 });
      expect(code, stderr).toBe(0);
      walked = JSON.parse(stdout);
    }, installing);
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });
    beforeEach(({ skip }) => skip(walked === null));

    it.each(walks)('%s', (title) => {
      expect(walked?.walks[title]).toBe('done');
    });

    it('every method whose operation is served was called', () => {
      const { called, requests, walks: done } = walked!;
      expect(Object.keys(done)).toEqual(walks);
      const served = new Set(operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '*')}`));
      const names = Object.keys(requests);
      expect(names.filter((name) => !served.has(requests[name]!))).toEqual(
        names.filter((name) => notServed.test(name)),
      );
      expect(names.filter((name) => served.has(requests[name]!) && !called.includes(name))).toEqual([]);
    });
  });
}
