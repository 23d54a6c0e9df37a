import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../test-support/databases.ts';
import { firstTenant, type Tenant } from './support/organization.ts';
import { organizationFiles } from './support/random-organization.ts';
import { serverOn } from './support/server-on.ts';

const numRuns = Number(process.env.BAILIWICK_APPLY_RUNS ?? 25);

for (const database of databases()) {
  describe(`whatever an organization holds, on ${database.name}`, () => {
    const running = serverOn(database);
    let tenant: Tenant;
    beforeAll(() => {
      tenant = firstTenant(running.server);
    });

    it('is the file that was applied, from any state to any other; and what was exported changes nothing', async () => {
      await fc.assert(
        fc.asyncProperty(organizationFiles, async (file) => {
          const words = ['iam', 'apply', '-f', '-', '--yes', '--prune', '-o', 'json'];
          const { code, stdout, stderr } = await tenant.scw(words, JSON.stringify(file));
          expect([code, stderr], stdout).toEqual([0, '']);
          expect(await tenant.exported()).toEqual(file);
          const { stdout: yaml } = await tenant.scw(['iam', 'export']);
          expect(await tenant.planned(tenant.file(yaml), '--prune')).toMatchObject({ applied: true, changes: [] });
        }),
        { numRuns },
      );
    }, 120_000);
  });
}
