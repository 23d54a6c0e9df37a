import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databases } from '../test-support/databases.ts';
import { firstTenant, type Tenant } from './support/organization.ts';
import { serverOn } from './support/server-on.ts';
import { callApi, type Json } from './support/server-process.ts';

const scw = join(import.meta.dirname, '../packages/cli/bin/scw.js');
const count = 150;
const numbered = (prefix: string) => (_: unknown, index: number) => `${prefix}-${String(index).padStart(3, '0')}`;
const applications = Array.from({ length: count }, numbered('app'));

const file = {
  version: 1,
  projects: [{ name: 'default', default: true }, { name: 'shop' }],
  applications: applications.map((name) => ({ name })),
  groups: Array.from({ length: count / 5 }, numbered('group')).map((name, index) => ({
    name,
    applications: applications.slice(index, index + 3),
  })),
  policies: Array.from({ length: count / 3 }, numbered('policy')).map((name, index) => ({
    name,
    application: applications[index],
    rules: [{ permission_sets: ['ObjectStorageReadOnly'], projects: ['shop'] }],
  })),
};

for (const database of databases()) {
  describe(`iam apply that is killed, on ${database.name}`, () => {
    const running = serverOn(database);
    let tenant: Tenant;
    beforeAll(() => {
      tenant = firstTenant(running.server);
    });

    const totals = async (): Promise<number> => {
      const lists = ['applications', 'groups', 'policies'].map((list) =>
        callApi(running.server, 'GET', `/iam/v1alpha1/${list}?page_size=1`),
      );
      return (await Promise.all(lists)).reduce((sum, { body }) => sum + body.total_count, 0);
    };

    /** What a killed one had sent is still carried out; whoever types the line again takes longer than that. */
    const settled = async () => {
      for (let before = -1, now = await totals(); before !== now; now = await totals()) {
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };

    /** Kills the command as soon as so many things are there. @returns whether it was still at work */
    const applyUntil = async (path: string, things: number): Promise<boolean> => {
      const env = { PATH: process.env.PATH, HOME: running.server.data, SCW_CONFIG_PATH: running.server.configuration };
      const child = spawn(process.execPath, [scw, 'iam', 'apply', '-f', path, '--yes', '--prune'], {
        env,
        stdio: 'ignore',
      });
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      while (child.exitCode === null && (await totals()) < things);
      child.kill('SIGKILL');
      await ended;
      await settled();
      return child.signalCode === 'SIGKILL';
    };

    it('is simply run again, as often as it takes', async () => {
      const path = tenant.file(stringify(file));
      const all = file.applications.length + file.groups.length + file.policies.length;
      let killed = 0;
      for (const part of [0.1, 0.4, 0.7, 0.9]) if (await applyUntil(path, all * part)) killed += 1;
      expect(killed).toBeGreaterThanOrEqual(3);
      const left = await tenant.planned(path, '--prune');
      expect(left.changes.length).toBeGreaterThan(0);
      const last = await tenant.scw(['iam', 'apply', '-f', path, '--yes', '--prune']);
      expect([last.code, last.stderr]).toEqual([0, '']);
      expect((await tenant.exported()) as Json).toEqual(file);
      expect(await tenant.planned(path, '--prune')).toMatchObject({ changes: [] });
    }, 120_000);
  });
}
