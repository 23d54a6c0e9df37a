import { Agent } from 'node:http';
import type { Bench } from '../measurement.ts';
import { middleTime, orderings, send, type TimedRequest } from './request-times.ts';
import { principalOf } from './seed-grown.ts';
import type { Server } from './server.ts';
import { ratios } from './statistics.ts';
import { figures, type Table } from './table.ts';

/** Servers of a small and a large organization, and what to call their sizes. */
export interface Sizes {
  readonly bench: Bench;
  readonly database: string;
  readonly few: Server;
  readonly lots: Server;
  readonly names: readonly string[];
}

interface Compared {
  readonly name: string;
  /** Asked of each server again and again. */
  readonly asked: (server: Server) => TimedRequest | ((index: number) => TimedRequest);
}

const iam = '/iam/v1alpha1';

const lists = {
  'users.list': `${iam}/users`,
  'applications.list': `${iam}/applications`,
  'groups.list': `${iam}/groups`,
  'policies.list': `${iam}/policies`,
  'apiKeys.list': `${iam}/api-keys`,
  'logs.list': `${iam}/logs`,
};

/** Page 1 of each list in each order. */
export function comparedLists(sizes: Sizes): Promise<Table> {
  const compared = Object.entries(lists).flatMap(([id, path]) =>
    orderings(id).map(
      (order): Compared => ({
        name: `${path.slice(iam.length + 1)} ${order}`,
        asked: ({ organizationId }) => ({ path: `${path}?organization_id=${organizationId}&order_by=${order}` }),
      }),
    ),
  );
  return compare(sizes, 'page 1, ms', compared);
}

/** Changes of things that are there, and new ones. */
export async function comparedWrites(sizes: Sizes): Promise<Table> {
  const sets = { permission_set_names: ['IAMReadOnly'] };
  const user = principalOf(0).id;
  const robot = principalOf(1).id;
  const groups = new Map<Server, string>();
  const agent = new Agent();
  for (const server of [sizes.few, sizes.lots]) groups.set(server, await groupOf(agent, server, user));
  agent.destroy();
  const compared: readonly Compared[] = [
    { name: 'a new application', asked: () => ({ path: `${iam}/applications`, body: { name: 'bench' } }) },
    { name: 'a new key', asked: () => ({ path: `${iam}/api-keys`, body: { application_id: robot } }) },
    {
      name: 'a new policy',
      asked: ({ organizationId }) => ({
        path: `${iam}/policies`,
        body: { name: 'bench', user_id: user, rules: [{ ...sets, organization_id: organizationId }] },
      }),
    },
    {
      name: 'a user changed',
      asked: () => (index) => ({ method: 'PATCH', path: `${iam}/users/${user}`, body: { tags: [`${index}`] } }),
    },
    {
      name: 'a member out of a group of 100, and in again',
      asked: (server) => (index) => ({
        path: `${iam}/groups/${groups.get(server)}/${index % 2 === 0 ? 'remove' : 'add'}-member`,
        body: { user_id: user },
      }),
    },
  ];
  return compare(sizes, 'writes, ms', compared);
}

async function groupOf(agent: Agent, server: Server, userId: string): Promise<string> {
  const answer = await send(agent, server, { path: `${iam}/groups?user_ids=${userId}&order_by=name_desc` });
  const { groups }: { readonly groups: readonly { readonly id: string; readonly all_users: boolean }[] } =
    JSON.parse(answer);
  const group = groups.find(({ all_users: isAll }) => !isAll);
  if (!group) throw new Error('somebody is in no group');
  return group.id;
}

async function compare(
  { bench, database, few, lots, names }: Sizes,
  title: string,
  compared: readonly Compared[],
): Promise<Table> {
  const agent = new Agent({ keepAlive: true });
  const measured = compared.map((each) => ({ ...each, few: [] as number[], lots: [] as number[] }));
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const { name, asked, ...times } of measured) {
      bench.progress(`${database}: ${name}, round ${round} of ${bench.rounds}`);
      const ofFew = await middleTime(agent, few, asked(few));
      const ofLots = await middleTime(agent, lots, asked(lots));
      // The first round warms up.
      if (round === 0) continue;
      times.few.push(ofFew);
      times.lots.push(ofLots);
    }
  }
  agent.destroy();
  return {
    head: [`${database}: ${title}`, ...names, 'ratio'],
    rows: measured.map(({ name, few, lots }) => [name, figures(few), figures(lots), figures(ratios(lots, few))]),
  };
}
