import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { operations } from '@bailiwick/contract';
import { properties } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';
import pino from 'pino';
import { expect, vi } from 'vitest';
import { type GuardCase, guardRows } from '../../../../scripts/guard-rows.ts';
import { startJobs } from '../../src/jobs.ts';
import { organizationsWithEntries } from '../../src/log-tree/entries.ts';
import { parseSender, parseSmtpUrl } from '../../src/mail/address.ts';
import { findMail, newestMail } from '../../src/mail/store.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { create } from './bearers.ts';
import { type GuardWorld, guardApplication, guardMember, guardSamples, type Somebody } from './guard-samples.ts';
import { valid } from './schema-samples.ts';
import type { CallOptions, TestServer } from './server.ts';
import { startSmtp } from './smtp.ts';

/** A way through all that a server does; what the way itself asks of the database it asks of `aside`. */
export interface Walk {
  /** Calls every operation as the owner, in each case of the guard table. */
  callAll(): Promise<void>;
  /** Calls every list with each of its filters. */
  filterAll(): Promise<void>;
}

export async function walkThrough(server: TestServer, aside: Storage): Promise<Walk> {
  const { organizationId: organization, ownerId, secretKey } = server.organization;
  const world: GuardWorld = {
    server: { ...server, services: { ...server.services, storage: aside } },
    organization,
    project: (await create(server, '/account/v3/projects', { name: 'rooms' })).id,
    otherUser: await guardMember(server),
    otherApplication: await guardApplication(server),
  };
  const abouts: { readonly [C in GuardCase]?: Somebody } = {
    'of an application': world.otherApplication,
    'of itself': { kind: 'user', id: ownerId, key: secretKey },
  };
  const rows = guardRows();

  const call = async (method: string, path: string, options?: CallOptions) => {
    const answer = await server.call(method, path, options);
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(500);
  };
  return {
    callAll: async () => {
      for (const { operation, method, when } of rows) {
        const [path, options] = await guardSamples[operation](world, abouts[when] ?? world.otherUser, when);
        await call(method, path, options);
      }
    },
    filterAll: async () => {
      for (const { id, query } of operations) {
        const row = rows.find(({ operation }) => operation === id);
        if (row === undefined || row.method !== 'GET') continue;
        for (const [name, schema] of properties(query ?? undefined)) {
          const [path] = await guardSamples[id](world, world.otherUser, row.when);
          const [value] = fc.sample(valid(schema), { seed: 1, numRuns: 1 });
          const values = Array.isArray(value) ? value : [value];
          const words = values.map((one) => `${name}=${encodeURIComponent(String(one))}`);
          await call('GET', `${path}${path.includes('?') ? '&' : '?'}${words.join('&')}`);
        }
      }
    },
  };
}

/** A job begins after a second; in milliseconds. */
const jobsBegin = 1_500;

/** Lets every job of a server run once, of one that may send mail and of one that may not. */
export async function runJobs({ services }: TestServer): Promise<void> {
  await vi.waitFor(() => expect(services.storage.isLeader()).toBe(true), { timeout: 10_000 });
  const data = mkdtempSync(join(tmpdir(), 'bailiwick-jobs-'));
  const smtp = await startSmtp();
  const [to, from] = [parseSmtpUrl(`smtp://127.0.0.1:${smtp.port}?tls=optional`), parseSender('iam@example.org')];
  if (!to || !from) throw new Error('there is nowhere to send mail to');
  const failures: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void failures.push(line) });
  for (const mail of [undefined, { smtp: to, from }]) {
    const parts = { services, log, metrics: createMetrics() };
    const stop = await startJobs({ mail, data, snapshotEvery: 3600, logRetention: 1 }, parts);
    await pause(jobsBegin);
    await stop(Promise.resolve());
  }
  await smtp.close();
  rmSync(data, { recursive: true, force: true });
  expect(failures).toEqual([]);
}

/** What the commands of an operator ask of all organizations. */
export async function administer({ services: { storage } }: TestServer): Promise<void> {
  const [mail] = await newestMail(storage.db, 100);
  await findMail(storage.db, mail?.id ?? '');
  await organizationsWithEntries(storage.db, '', 100);
}
