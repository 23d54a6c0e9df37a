import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { type Access, createAccesses } from './support/access.ts';
import { createPlainClient } from './support/plain-client.ts';
import { type Random, seededRandom } from './support/random.ts';
import { readings, readOnce } from './support/readings.ts';
import { admit, floorOf } from './support/register.ts';
import { dataFolder, removeData, type ServerProcess, startServer } from './support/server-process.ts';

const readers = 64;
/** How long each database is kept busy; a minute is `BAILIWICK_FRESHNESS_SECONDS=60`. */
const seconds = Number(process.env.BAILIWICK_FRESHNESS_SECONDS ?? 6);

for (const database of databases()) {
  describe(`answers while access changes, on ${database.name}`, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    beforeAll(async () => {
      created = await database.create();
      const data = dataFolder();
      // Keys that are deleted are asked with again and again, from one address.
      const limits = join(data, 'limits.yaml');
      writeFileSync(limits, 'failed_authentications: unlimited\n');
      server = await startServer({ databaseUrl: created.url, data, env: { BAILIWICK_LIMITS: limits } });
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    it('none is older than a change that was acknowledged before, and none goes back', {
      timeout: (seconds + 60) * 1000,
    }, async () => {
      const client = createPlainClient(server.url, readers + 16);
      const accesses = await createAccesses(server, client.send);
      const deadline = performance.now() + seconds * 1000;
      const count = { writes: 0, pairs: 0, single: 0 };
      const revisions: number[] = [];
      const answers = new Map(accesses.map(({ register }) => [register.name, new Set<boolean>()]));
      const used = new Set<string>();
      let failed = false;
      const isOver = () => failed || performance.now() > deadline;

      const read = async (access: Access, random: Random) => {
        const { register, subject, renewed } = access;
        const ways = readings.flatMap((reading) => {
          const call = reading.call(subject, server);
          return call ? [{ reading, call }] : [];
        });
        const { reading, call } = random.pick(ways);
        const floor = floorOf(register);
        const acknowledged = register.acknowledged > 0;
        // Every other read says itself what it must not be older than.
        const headers = { 'x-bailiwick-at-least': String(register.revision) };
        const isSo = await readOnce(client.send, reading, random.below(2) === 0 ? call : { ...call, headers }, subject);
        const latest = renewed && floor % 2 === 0 ? floor : register.sent;
        admit(register, floor, isSo, latest);
        answers.get(register.name)?.add(isSo);
        used.add(reading.name);
        if (acknowledged) count.pairs += 1;
        if (acknowledged && floor === latest) count.single += 1;
      };

      const write = async (access: Access, random: Random) => {
        const { register } = access;
        while (!isOver()) {
          const give = register.acknowledged % 2 === 0;
          if (give) await access.prepare?.();
          register.sent += 1;
          const { revision, subject } = await access.change(give);
          expect(revision).toBeGreaterThan(register.revision);
          register.acknowledged = register.sent;
          register.revision = revision;
          if (subject) access.subject = subject;
          revisions.push(revision);
          count.writes += 1;
          await read(access, random);
          await pause(random.below(10));
        }
      };

      const work = [
        ...accesses.map((access, index) => write(access, seededRandom(index))),
        ...Array.from({ length: readers }, async (_, index) => {
          const random = seededRandom(1000 + index);
          while (!isOver()) await read(random.pick(accesses), random);
        }),
      ];
      const ended = await Promise.allSettled(
        work.map((each) =>
          each.catch((failure: unknown) => {
            failed = true;
            throw failure;
          }),
        ),
      );
      client.close();

      console.log(
        `${database.name}: ${readers} readers and ${accesses.length} writers for ${seconds} s: ${count.writes} changes, ` +
          `${count.pairs} write–read pairs checked, ${count.single} of them with one possible answer`,
      );
      expect(ended.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual([]);
      expect(new Set(revisions).size).toBe(count.writes);
      // Nothing is proved by answers that never changed, or by ways that were never gone.
      expect([...answers].filter(([, seen]) => seen.size < 2)).toEqual([]);
      expect(used.size).toBe(readings.length);
      expect(count.single).toBeGreaterThan(count.writes);
    });
  });
}
