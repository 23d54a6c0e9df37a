import { setTimeout as wait } from 'node:timers/promises';
import type { Contender } from './contender.ts';
import { type Question, roles } from './organization.ts';
import { freeAddresses, openWorkshop, parts, send, timed } from './program.ts';
import { grants, memberships, permissionName, permissions, type Relationship } from './relationships.ts';

/** Relationships of one call: the most that it takes unless it is told otherwise. */
const perWrite = 1_000;
/** It answers from a moment ago, so that it can cache: up to 5 s by default, which have to pass after loading. */
const quantization = 5_500;
const secret = 'bench';

/** A relation for each role and a permission that is the sum of its roles. */
const schema = `
definition user {}
definition group {
  relation member: user
}
definition project {
${roles.map(({ name }) => `  relation ${name}: user | group#member`).join('\n')}
${permissions.map(({ name, roles: holders }) => `  permission ${name} = ${holders.join(' + ')}`).join('\n')}
}
`;

/** Asked by its HTTP gateway. */
export const spicedb: Contender = {
  name: 'SpiceDB',
  setting: 'datastore memory, minimize_latency (answers up to 5 s old) and caches as by default, log level error',
  start: async (organization) => {
    await using stack = new AsyncDisposableStack();
    const workshop = await openWorkshop('spicedb');
    const [http = '', grpc = '', metrics = ''] = await freeAddresses(3);
    const url = `http://${http}/v1`;
    const process = stack.use(
      await workshop.serve(
        [
          ...['serve', '--datastore-engine', 'memory', '--grpc-preshared-key', secret, '--log-level', 'error'],
          ...['--http-enabled', '--http-addr', http, '--grpc-addr', grpc, '--metrics-addr', metrics],
          ...['--skip-release-check', '--telemetry-endpoint', ''],
        ],
        `http://${http}/healthz`,
      ),
    );
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const post = (path: string, body: unknown) => send(`${url}/${path}`, body, { headers });
    const write = async (relationships: readonly Relationship[]) => {
      for (const part of parts(relationships, perWrite)) {
        const updates = part.map((each) => ({ operation: 'OPERATION_TOUCH', relationship: relationshipOf(each) }));
        await post('relationships/write', { updates });
      }
    };
    await post('schema/write', { schema });
    await write(memberships(organization));
    const loadSeconds = await timed(() => write(grants(organization)));
    await wait(quantization);
    const consistency = { minimizeLatency: true };
    const running = stack.move();
    return {
      version: workshop.version,
      pid: process.pid,
      loadSeconds,
      single: {
        url: `${url}/permissions/check`,
        headers,
        body: ([question]) => ({ consistency, ...(question && itemOf(question)) }),
        answers: (text) => [isYes(JSON.parse(text))],
      },
      batch: {
        url: `${url}/permissions/checkbulk`,
        headers,
        body: (questions) => ({ consistency, items: questions.map(itemOf) }),
        answers: (text) => {
          const { pairs }: { readonly pairs: readonly { readonly item: Item }[] } = JSON.parse(text);
          return pairs.map(({ item }) => isYes(item));
        },
      },
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
};

interface Item {
  readonly permissionship?: string;
}

const isYes = ({ permissionship }: Item) => permissionship === 'PERMISSIONSHIP_HAS_PERMISSION';

const relationshipOf = ({ resource, relation, subject }: Relationship) => ({
  resource: { objectType: resource.type, objectId: resource.id },
  relation,
  subject: {
    object: { objectType: subject.type, objectId: subject.id },
    ...(subject.relation !== undefined && { optionalRelation: subject.relation }),
  },
});

const itemOf = (question: Question) => ({
  resource: { objectType: 'project', objectId: question.project },
  permission: permissionName(question),
  subject: { object: { objectType: 'user', objectId: question.user } },
});
