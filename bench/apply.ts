import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseKind } from '../test-support/database-kinds.ts';
import type { Bench, Measurement } from './measurement.ts';
import { runNode } from './support/processes.ts';
import { startServer } from './support/server.ts';
import { figures } from './support/table.ts';

const scw = join(import.meta.dirname, '../packages/cli/bin/scw.js');
const sizes = { applications: 1_000, policies: 500, groups: 200 };

/** Moving an organization of some size: into an empty one, once more without a change, and out of it. */
export const apply: Measurement = {
  name: 'apply',
  title: `\`scw iam apply\` of ${sizes.applications} applications, ${sizes.policies} policies and ${sizes.groups} groups`,
  measure: async (bench) => {
    const folder = mkdtempSync(join(tmpdir(), 'bailiwick-bench-'));
    const file = join(folder, 'organization.yaml');
    writeFileSync(file, JSON.stringify(organization()));
    try {
      const rows: (readonly string[])[] = [];
      for (const database of bench.databases) rows.push(await measure(bench, database, file));
      return [{ head: ['', 's to rebuild', 's to find nothing to change', 's to export'], rows }];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(bench: Bench, database: DatabaseKind, file: string): Promise<readonly string[]> {
  const seconds = { rebuilt: [] as number[], unchanged: [] as number[], exported: [] as number[] };
  for (let round = 1; round <= bench.rounds; round += 1) {
    bench.progress(`${database.name}, round ${round} of ${bench.rounds}`);
    // Only an empty organization is rebuilt, so each round has its own.
    await using server = await startServer(database);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, SCW_CONFIG_PATH: server.configuration };
    const timed = async (...words: readonly string[]) => {
      const { milliseconds, output } = await runNode([scw, 'iam', ...words], env);
      return { seconds: milliseconds / 1_000, output };
    };
    seconds.rebuilt.push((await timed('apply', '-f', file, '--yes')).seconds);
    const again = await timed('apply', '-f', file, '--yes');
    if (!again.output.endsWith('Nothing to change.\n')) throw new Error('applying it twice changed something');
    seconds.unchanged.push(again.seconds);
    seconds.exported.push((await timed('export')).seconds);
  }
  return [database.name, figures(seconds.rebuilt), figures(seconds.unchanged), figures(seconds.exported)];
}

function organization() {
  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const applications = named('application', sizes.applications);
  const groups = named('group', sizes.groups);
  return {
    version: 1,
    projects: [{ name: 'shop' }],
    applications: applications.map((name) => ({ name, description: 'An application', tags: ['bench'] })),
    groups: groups.map((name, index) => ({ name, applications: applications.slice(index * 5, index * 5 + 5) })),
    policies: named('policy', sizes.policies).map((name, index) => ({
      name,
      ...(index < groups.length ? { group: groups[index] } : { application: applications[index] }),
      rules: [
        { permission_sets: ['ObjectStorageFullAccess'], projects: ['shop'] },
        { permission_sets: ['IAMReadOnly'], scope: 'organization', condition: 'request.user_agent != ""' },
      ],
    })),
  };
}
