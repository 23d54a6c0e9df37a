import type { Measurement } from './measurement.ts';
import { bailiwick } from './peers/bailiwick.ts';
import { cerbos } from './peers/cerbos.ts';
import { compare, createLoads } from './peers/compare.ts';
import type { Contender, RunningContender } from './peers/contender.ts';
import { opa } from './peers/opa.ts';
import { openfgas } from './peers/openfga.ts';
import { createOrganization, createQuestions, sizes } from './peers/organization.ts';
import { spicedb } from './peers/spicedb.ts';
import { loadTable, processTable, ratioTable } from './peers/tables.ts';
import { verify } from './peers/verify.ts';

const others = { opa: [opa], cerbos: [cerbos], openfga: openfgas, spicedb: [spicedb] } as const;
/** Words for `--peers=`. */
export const peerNames: readonly string[] = Object.keys(others);

/**
 * Other servers with the same organization, built from their pinned sources: for `npm run bench -- --peers` alone.
 *
 * @param names those of `peerNames` that are compared
 */
export const httpPeers = (names: readonly string[]): Measurement => ({
  name: 'http-peers',
  title:
    `checks over HTTP by other servers: ${sizes.users.toLocaleString('en')} users in ${sizes.groups} groups, ` +
    `${sizes.grants.toLocaleString('en')} rules on ${sizes.projects} projects; all answers are compared first`,
  measure: async (bench) => {
    const [database] = bench.databases;
    if (!database) throw new Error('there is no database');
    await using stack = new AsyncDisposableStack();
    const organization = createOrganization();
    const asked = createQuestions(organization);
    const running: { readonly contender: Contender; readonly server: RunningContender }[] = [];
    const missing: (readonly string[])[] = [];
    const leaveOut = ({ name }: Contender, failure: unknown) => {
      missing.push([`${name} is not compared: ${failure instanceof Error ? failure.message : String(failure)}`]);
    };
    const ours = bailiwick(database);
    const chosen = Object.entries(others).flatMap(([name, some]) => (names.includes(name) ? some : []));
    for (const contender of [ours, ...chosen]) {
      bench.progress(`building, starting and filling ${contender.name}`);
      try {
        const server = stack.use(await contender.start(organization));
        await verify(server, asked);
        running.push({ contender, server });
      } catch (failure) {
        leaveOut(contender, failure);
      }
    }
    const loads = createLoads(asked);
    const compared = await compare(running, loads, bench, leaveOut);
    if (compared[0]?.contender !== ours) throw new Error(missing.join('\n'));
    return [
      ...loads.map((load) => loadTable(load, compared)),
      processTable(compared),
      ratioTable(loads, compared),
      {
        head: ['set up as follows'],
        rows: [...compared.map(({ contender: { name, setting } }) => [`${name}: ${setting}`]), ...missing],
      },
    ];
  },
});
