import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { dataFolder } from './support/server-process.ts';

const bailiwick = join(import.meta.dirname, '../packages/server/bin/bailiwick.js');

for (const database of databases()) {
  describe(`a server on ${database.name} that is told to stop as soon as it says that it listens`, () => {
    let created: TestDatabase;
    const data = dataFolder();
    beforeAll(async () => {
      created = await database.create();
    });
    afterAll(async () => {
      rmSync(data, { recursive: true, force: true });
      await created.drop();
    });

    /** Starts it, signals at the first sight of the line, and tells how it ended. */
    function startAndSignal(signal: NodeJS.Signals): Promise<readonly [code: number | null, signal: string | null]> {
      const flags = ['--port', '0', '--data', data, '--database-url', created.url];
      const child = spawn(process.execPath, [bailiwick, 'serve', ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('listening on ')) child.kill(signal);
      });
      return new Promise((resolve) => child.once('exit', (code, ended) => resolve([code, ended])));
    }

    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`ends with 0 on ${signal}, every time`, async () => {
        for (let time = 0; time < 3; time += 1) expect(await startAndSignal(signal)).toEqual([0, null]);
      });
    }
  });
}
