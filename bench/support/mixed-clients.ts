import { createPlainClient, type PlainCall } from '../../e2e/support/plain-client.ts';
import { createAsker } from './asker.ts';
import { call, type Server } from './server.ts';
import { createRandom } from './workload.ts';

export const mixedKinds = ['check', 'read', 'write'] as const;
export type MixedKind = (typeof mixedKinds)[number];

/** Told of each call: how many milliseconds it took, and what was wrong with the answer; null where nothing was. */
export type OnCall = (kind: MixedKind, milliseconds: number, failure: string | null) => void;

const iam = '/iam/v1alpha1';
/** What lists are of. */
const applications = 200;
/** Of a hundred calls. */
const checks = 95;
const reads = 4;

export interface MixedClients {
  /** Lets every client send one call after another until `stop`. */
  start(onCall: OnCall): void;
  stop(): Promise<void>;
}

/** Clients of one server over connections that stay open; all that they make they take away again. */
export async function createMixedClients(server: Server, clients: number, seed: number): Promise<MixedClients> {
  const { organizationId, secretKey: key } = server;
  const post = async (collection: string, body: unknown): Promise<string> =>
    ((await (await call(server, `${iam}/${collection}`, body)).json()) as { readonly id: string }).id;
  const ids: string[] = [];
  for (let number = 0; number < applications; number += 1)
    ids.push(await post('applications', { name: `application ${number}`, tags: ['bench'] }));
  const asker = await createAsker(server);
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;
  const { send, close } = createPlainClient(server.url, clients);

  const names = ['application', 'group', 'policy', 'api-key', 'user'] as const;
  const check = (): PlainCall => {
    const name = pick(['group', 'user', 'policy', 'application']);
    const asked = { service: 'iam', name, action: pick(['list', 'read', 'write', 'delete']) };
    return {
      ...{ method: 'POST', path: `${iam}/check-permissions`, key: asker.secretKey },
      body: { permissions: [{ ...asked, organization_id: organizationId }] },
    };
  };
  const read = (): PlainCall => {
    const path =
      random(2) === 0
        ? `/applications/${pick(ids)}`
        : `/${pick(names).replace('policy', 'policie')}s?organization_id=${organizationId}&page=1&page_size=20`;
    return { method: 'GET', path: `${iam}${path}`, key };
  };

  let isWorking = false;
  let running: Promise<unknown> = Promise.resolve();
  return {
    start: (onCall) => {
      const timed = async (kind: MixedKind, asked: PlainCall): Promise<string> => {
        const began = performance.now();
        const told = await send(asked).catch((failure: unknown) => String(failure));
        const isWell = typeof told !== 'string' && (told.status === 200 || told.status === 204);
        const failure = isWell ? null : typeof told === 'string' ? told : `${told.status} ${JSON.stringify(told.body)}`;
        onCall(kind, performance.now() - began, failure);
        return typeof told === 'string' ? '' : (told.body?.id ?? '');
      };
      const work = async (number: number): Promise<void> => {
        const writes = cycle(number, asker.rules, organizationId, (method, path, body) =>
          timed('write', { method, path: `${iam}${path}`, key, body }),
        );
        while (isWorking) {
          const which = random(100);
          if (which < checks) await timed('check', check());
          else if (which < checks + reads) await timed('read', read());
          else await writes.next();
        }
        await writes.return();
      };
      isWorking = true;
      running = Promise.all(Array.from({ length: clients }, (_, number) => work(number)));
    },
    stop: async () => {
      isWorking = false;
      await running;
      close();
    },
  };
}

/** Changes of one client, one at each step; in the end all is as it was. */
async function* cycle(
  client: number,
  rules: readonly object[],
  organizationId: string,
  write: (method: string, path: string, body: unknown) => Promise<string>,
): AsyncGenerator<void, void, void> {
  for (let round = 0; ; round += 1) {
    const name = `client ${client} round ${round}`;
    const application = await write('POST', '/applications', { name });
    yield;
    const group = await write('POST', '/groups', { name, organization_id: organizationId });
    yield;
    const policy = await write('POST', '/policies', { name, group_id: group, rules });
    yield;
    const members = (ids: readonly string[]) => ({ application_ids: ids, user_ids: [] });
    await write('PUT', `/groups/${group}/members`, members([application]));
    yield;
    await write('PATCH', `/applications/${application}`, { description: name });
    yield;
    await write('PUT', '/rules', { policy_id: policy, rules: [] });
    yield;
    await write('PUT', `/groups/${group}/members`, members([]));
    yield;
    await write('DELETE', `/policies/${policy}`, undefined);
    yield;
    await write('DELETE', `/groups/${group}`, undefined);
    yield;
    await write('DELETE', `/applications/${application}`, undefined);
    yield;
  }
}
