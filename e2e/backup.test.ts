import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseKind, databases, type TestDatabase } from '../test-support/databases.ts';
import { growBackup } from './support/backup-file.ts';
import { createRecorder, numberOf } from './support/calls.ts';
import { awaitEndOfConnections, isBeingWritten, readDatabase } from './support/database.ts';
import { contradictions } from './support/invariants.ts';
import { apply, type Model } from './support/model.ts';
import { firstTenant } from './support/organization.ts';
import { seededRandom } from './support/random.ts';
import { organizationFiles } from './support/random-organization.ts';
import { serverOn } from './support/server-on.ts';
import {
  callApi,
  dataFolder,
  type Json,
  removeData,
  runBailiwick,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';
import { modelOf, readView, viewOf } from './support/view.ts';
import { type Send, writeUntilKilled } from './support/writers.ts';

const bailiwick = join(import.meta.dirname, '../packages/server/bin/bailiwick.js');
const iam = '/iam/v1alpha1';
const lists = [
  'users',
  'applications',
  'groups',
  'policies',
  'api-keys',
  'ssh-keys',
  'permission-sets',
  'quota',
  'logs',
].map((name) => `${iam}/${name}?page_size=100`);

for (const source of databases()) {
  describe(`a backup of a server on ${source.name}`, { timeout: 160_000 }, () => {
    const running = serverOn(source);
    let server: ServerProcess;
    const restored: TestDatabase[] = [];
    beforeAll(() => {
      server = running.server;
    });
    afterAll(async () => {
      for (const database of restored) await database.drop();
    });

    const succeed = async (words: readonly string[]) => {
      const { code, stderr, stdout } = await runBailiwick([...words, '--data', server.data]);
      expect([code, stderr], stdout).toEqual([0, '']);
    };
    const backUp = async (name: string): Promise<string> => {
      const file = join(server.data, name);
      await succeed(['backup', file, '--database-url', running.databaseUrl]);
      return file;
    };
    /** A server on the restored database, beside the one that was backed up. */
    const serveRestored = async (kind: DatabaseKind, file: string): Promise<Served> => {
      const database = await kind.create();
      restored.push(database);
      await succeed(['restore', file, '--database-url', database.url]);
      const data = dataFolder();
      for (const name of ['server.key', 'scw.yaml']) copyFileSync(join(server.data, name), join(data, name));
      return { server: await startServer({ databaseUrl: database.url, data }), url: database.url };
    };
    /** Random organizations have rules without permission sets, which others do not. */
    const expectSound = async (url: string) =>
      expect(await contradictions(url)).toEqual(await contradictions(running.databaseUrl));
    const end = async (copy: Served) => {
      expect(await copy.server.stop()).toBe(0);
      removeData(copy.server);
    };

    for (const target of databases()) {
      it(`restored into ${target.name}: every list and every check is answered the same, whatever there is`, async () => {
        const tenant = firstTenant(server);
        let number = 0;
        await fc.assert(
          fc.asyncProperty(organizationFiles, async (file) => {
            const words = ['iam', 'apply', '-f', '-', '--yes', '--prune', '-o', 'json'];
            expect((await tenant.scw(words, JSON.stringify(file))).code).toBe(0);
            number += 1;
            const copy = await serveRestored(target, await backUp(`random-${target.name}-${number}.gz`));
            expect(await answers(copy.server)).toEqual(await answers(server));
            await expectSound(copy.url);
            await end(copy);
          }),
          { numRuns: 3, endOnFailure: true },
        );
      });
    }

    it('is a moment of the history: all that was acknowledged before it, and nothing by halves', async () => {
      const model = modelOf(await readView(server));
      const [{ revision: before }] = await rows(running.databaseUrl, 'select revision from organizations');
      const recorder = createRecorder(server);
      const isOver = new Error('enough');
      let over = false;
      const send: Send = async (call) => {
        if (over) throw isOver;
        const { body } = await recorder.send(call);
        return body;
      };
      const nothing = { users: [], applications: [], groups: [], policies: [] };
      const writing = Array.from({ length: 8 }, (_, writer) =>
        writeUntilKilled(send, seededRandom(writer), `w${writer}`, server.organizationId, nothing).catch((failure) => {
          if (failure !== isOver) throw failure;
        }),
      );
      const backups: { readonly file: string; readonly known: number }[] = [];
      for (let number = 0; number < 3; number += 1) {
        await pause(200);
        const known = recorder.acknowledged().at(-1)?.revision ?? before;
        backups.push({ known, file: await backUp(`writers-${number}.gz`) });
      }
      over = true;
      await Promise.all(writing);

      const entries = await entriesAfter(running.databaseUrl, before);
      for (const [index, { file, known }] of backups.entries()) {
        const copy = await serveRestored(databases()[index % databases().length] ?? source, file);
        const found = await entriesAfter(copy.url, before);
        expect(found.length).toBeGreaterThanOrEqual(known - before);
        expect(found).toEqual(entries.slice(0, found.length));
        const then = copied(model);
        for (const { user_agent, resource_id } of found) {
          const one = recorder.sent.find(({ number }) => number === numberOf(user_agent));
          apply(then, one!.call, resource_id);
        }
        expect(await readView(copy.server)).toEqual(viewOf(then));
        await expectSound(copy.url);
        await end(copy);
      }
      expect(entries.length).toBeGreaterThan(backups.length);
    });

    it('leaves nothing when its restore is killed, and is restored by the next', async () => {
      const large = join(server.data, 'large.gz');
      await growBackup(await backUp('small.gz'), large, 60_000);
      const database = await source.create();
      restored.push(database);
      const words = ['restore', large, '--database-url', database.url, '--data', server.data];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const restoring = spawn(process.execPath, [bailiwick, ...words], { stdio: 'ignore' });
        await hasBegun(database.url, restoring);
        await pause(attempt * 30);
        restoring.kill('SIGKILL');
        if (restoring.signalCode === null && restoring.exitCode === null) await once(restoring, 'exit');
        await awaitEndOfConnections(database.url, new Date());
        // One that finds something there refuses by itself.
        expect(restoring.signalCode).toBe('SIGKILL');
      }
      await succeed(words.slice(0, 4));
      const [{ number }] = await rows(database.url, 'select count(*) as number from applications');
      expect(number).toBeGreaterThanOrEqual(60_000);
      await expectSound(database.url);
    });
  });
}

interface Served {
  readonly server: ServerProcess;
  readonly url: string;
}

const rows = (url: string, sql: string): Promise<readonly Json[]> => readDatabase(url, (read) => read(sql));

const entriesAfter = (url: string, revision: number): Promise<readonly Json[]> =>
  rows(
    url,
    `select revision, id, user_agent, resource_id from audit_entries where revision > ${revision} order by revision`,
  );

/** What the server says of all that it has, and who may do what. */
async function answers(server: ServerProcess): Promise<readonly Json[]> {
  const found = await Promise.all(lists.map((path) => callApi(server, 'GET', path)));
  const [users, applications, , policies] = found.map(({ body }) => body);
  const principals = [...users.users, ...applications.applications].map(({ id }: Json) => ({ principal_id: id }));
  const permissions = ['iam policy list', 'object-storage bucket list', 'containers container create']
    .map((text) => text.split(' '))
    .map(([service, name, action]) => ({ service, name, action, organization_id: server.organizationId }));
  const asked = principals.map((subject) =>
    callApi(server, 'POST', `${iam}/check-permissions`, { subject, permissions }),
  );
  const rules = policies.policies.map(({ id }: Json) => callApi(server, 'GET', `${iam}/rules?policy_id=${id}`));
  return [...found, ...(await Promise.all([...asked, ...rules]))].map(({ status, body }) => ({ status, body }));
}

const copied = ({ users, applications, groups, policies, apiKeys }: Model): Model =>
  structuredClone({ users, applications, groups, policies, apiKeys });

/** Waits until a restore has put rows in that nobody else sees yet. */
async function hasBegun(url: string, restoring: ChildProcess): Promise<void> {
  while (restoring.exitCode === null) {
    if (await isBeingWritten(url, 'applications')) return;
    await pause(5);
  }
}
