import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { createRecorder, numberOf, type Recorder, resourceOf } from './support/calls.ts';
import { awaitEndOfConnections, readDatabase } from './support/database.ts';
import { contradictions } from './support/invariants.ts';
import { apply, type Model } from './support/model.ts';
import { seededRandom } from './support/random.ts';
import {
  callApi,
  dataFolder,
  type Json,
  launchServer,
  removeData,
  type ServerProcess,
  startServer,
} from './support/server-process.ts';
import { modelOf, readView, viewOf } from './support/view.ts';
import { type Send, shareLeftovers, writeUntilKilled } from './support/writers.ts';

/** How often a server is killed on each database. */
const kills = Number(process.env.BAILIWICK_KILLS ?? 20);
const writers = 16;
/** The log does not show projects, and the default one is the only one here. */
const changesNotShown = 1;
/** Answers after which a server is killed, at least and at most, and milliseconds more. */
const fewest = 5;
const most = 100;
const afterwards = 10;
/** A first start is killed this many milliseconds, or less, after one of its files is there. */
const moments = [
  // The tables are made next, and then the organization.
  { file: 'server.key', within: 100 },
  // The organization is not there yet, or just now.
  { file: 'scw.yaml', within: 10 },
];

for (const database of databases()) {
  describe(`a server on ${database.name} that is killed`, { timeout: 20_000 + kills * 5_000 }, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    let first: Model;
    let model: Model;
    let calls = 1;
    let bornWith = 0;
    let revision = 0;

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
      const view = await readView(server);
      first = modelOf(view);
      model = modelOf(view);
      bornWith = (await entriesAfter(0)).length;
      revision = bornWith;
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    const entriesAfter = (known: number): Promise<readonly Json[]> =>
      readDatabase(created.url, (rows) =>
        rows(`select revision, operation, resource_id, user_agent from audit_entries
          where revision > ${known} order by revision`),
      );

    /** Kills the server while all write. */
    const killWhileWriting = async (seed: number): Promise<Recorder> => {
      const recorder = createRecorder(server, calls);
      const leftovers = shareLeftovers(model, first, writers);
      const enough = fewest + Math.random() * (most - fewest);
      let answers = 0;
      let killed = false;
      const tired = Promise.withResolvers<void>();
      const writing = leftovers.map(async (own, writer) => {
        const send: Send = async (call) => {
          const { status, body } = await recorder.send(call);
          answers += 1;
          if (answers > enough) tired.resolve();
          if (status !== (body === null ? 204 : 200)) throw new Error(`${call.operation}: ${JSON.stringify(body)}`);
          return body;
        };
        const random = seededRandom(seed * writers + writer);
        await writeUntilKilled(send, random, `w${seed}-${writer}`, server.organizationId, own).catch((failure) => {
          // What `fetch` says of a connection that ended before or within the answer; anything else is a fault.
          if (killed && ['fetch failed', 'terminated'].includes(failure.message)) return;
          tired.resolve();
          throw failure;
        });
      });
      const kill = async () => {
        await tired.promise;
        await pause(Math.random() * afterwards);
        killed = true;
        await server.kill();
      };
      await Promise.all([kill(), ...writing]);
      calls += recorder.sent.length;
      return recorder;
    };

    /**
     * The entries since the last time are the acknowledged calls, each where its answer said, and perhaps some that were
     * not answered any more; replayed in their order they make exactly what is there.
     */
    const expectWhole = async ({ sent, acknowledged }: Recorder) => {
      const entries = await entriesAfter(revision);
      const byRevision = new Map(entries.map((entry) => [entry.revision, entry]));
      for (const one of acknowledged()) {
        const { operation, resource_id, user_agent } = byRevision.get(one.revision) ?? {};
        expect([operation, resource_id, numberOf(user_agent)]).toEqual([
          one.call.operation,
          resourceOf(one),
          one.number,
        ]);
      }
      const answered = new Set(acknowledged().map(({ revision: known }) => known));
      for (const entry of entries) {
        const one = sent.find(({ number }) => number === numberOf(entry.user_agent));
        expect(one?.call.operation).toBe(entry.operation);
        if (!answered.has(entry.revision)) expect(one?.answer).toBeUndefined();
        apply(model, one!.call, entry.resource_id);
      }
      revision += entries.length;
      expect(new Set(entries.map(({ user_agent }) => user_agent)).size).toBe(entries.length);
      expect(await contradictions(created.url)).toEqual([]);
      expect(await readView(server)).toEqual(viewOf(model));
      const { body } = await callApi(server, 'GET', '/iam/v1alpha1/logs?page_size=1');
      expect(body.total_count).toBe(revision - changesNotShown);
    };

    it(`has all that it acknowledged and nothing by halves, ${kills} times`, async () => {
      let acknowledged = 0;
      let unanswered = 0;
      for (let kill = 1; kill <= kills; kill += 1) {
        const recorder = await killWhileWriting(kill);
        const killedAt = new Date();
        server = await startServer({ databaseUrl: created.url, data: server.data });
        await awaitEndOfConnections(created.url, killedAt);
        await expectWhole(recorder);
        acknowledged += recorder.acknowledged().length;
        unanswered += recorder.sent.filter(({ answer }) => answer === undefined).length;
      }
      if (process.env.BAILIWICK_KILLS !== undefined) {
        const kept = revision - bornWith - acknowledged;
        console.log(
          `${kills} kills: ${acknowledged} changes acknowledged, ${unanswered} calls unanswered, ${kept} of them kept`,
        );
      }
      // Writes must have been under way, or nothing was tried.
      expect(unanswered).toBeGreaterThan(kills);
      expect(acknowledged).toBeGreaterThan(kills * fewest);
    });

    it('starts again after it was killed at any moment of its first start, and lets its owner in', async () => {
      for (let attempt = 0; attempt < kills / 5; attempt += 1) {
        const { file, within } = moments[attempt % moments.length]!;
        const fresh = await database.create();
        const launch = launchServer({ databaseUrl: fresh.url, data: dataFolder() });
        const ended = launch.ready.catch(() => undefined);
        while (!existsSync(join(launch.data, file))) await pause(1);
        await pause(Math.random() * within);
        await launch.kill();
        await ended;
        const again = await startServer({ databaseUrl: fresh.url, data: launch.data });
        const { status, body } = await callApi(again, 'GET', '/iam/v1alpha1/users');
        expect([status, body.total_count]).toEqual([200, 1]);
        expect(await contradictions(fresh.url)).toEqual([]);
        expect(await again.stop()).toBe(0);
        removeData(again);
        await fresh.drop();
      }
    });
  });
}
