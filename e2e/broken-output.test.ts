import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { databases } from '../test-support/databases.ts';
import { serverOn } from './support/server-on.ts';
import { callApi } from './support/server-process.ts';

const scw = join(import.meta.dirname, '../packages/cli/bin/scw.js');

const [database] = databases();
describe('output that goes nowhere', () => {
  const running = serverOn(database!);
  const start = (words: readonly string[], stdout: 'pipe' | number) => {
    const { data, configuration } = running.server;
    const env = { PATH: process.env.PATH, HOME: data, SCW_CONFIG_PATH: configuration };
    return spawn(process.execPath, [scw, ...words], { env, stdio: ['ignore', stdout, 'pipe'] });
  };

  it('keeps no change from being made whole', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `gone-${index}`);
    const made = await Promise.all(
      names.map((name) => callApi(running.server, 'POST', '/iam/v1alpha1/applications', { name })),
    );
    const child = start(['iam', 'application', 'delete', ...made.map(({ body }) => body.id)], 'pipe');
    // The reader goes away at once, as `| true` does.
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.once('exit', resolve));
    const { body } = await callApi(running.server, 'GET', '/iam/v1alpha1/applications');
    expect([code, body.total_count]).toEqual([0, 0]);
  });

  it('waits for a reader that takes its time, and gives it all', async () => {
    const { data, configuration } = running.server;
    const env = { PATH: process.env.PATH, HOME: data, SCW_CONFIG_PATH: configuration };
    // More than a pipe holds.
    const words = [scw, 'iam', 'permission-set', 'list', '-o', 'template={{ printf "%5000s" .Name }}'];
    const child = spawn('sh', ['-c', '"$0" "$@" | { sleep 1; cat; }', process.execPath, ...words], { env });
    const lines = (await textOf(child.stdout)).split('\n');
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.slice(0, -1).every((line) => line.length === 5000)).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('onto a full disk is told in words', async () => {
    const full = openSync('/dev/full', 'w');
    const child = start(['iam', 'policy', 'list'], full);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    closeSync(full);
    expect([code, errors]).toEqual([1, 'Cannot write to standard output: no space left\n']);
  });
});
