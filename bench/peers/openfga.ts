import { join } from 'node:path';
import type { Contender, RunningContender } from './contender.ts';
import { type Organization, type Question, roles } from './organization.ts';
import { freeAddresses, openWorkshop, parts, send, timed } from './program.ts';
import { grants, memberships, permissionName, permissions, type Relationship } from './relationships.ts';

/** Tuples of one call: the most that it takes unless it is told otherwise. */
const perWrite = 100;

type Engine = 'memory' | 'sqlite';

/** Its memory is searched from end to end at every question, so its SQLite is measured too. */
export const openfgas: readonly Contender[] = [
  openfga('OpenFGA, memory', 'memory'),
  openfga('OpenFGA, SQLite', 'sqlite'),
];

function openfga(name: string, engine: Engine): Contender {
  const setting = `datastore ${engine}, caches of checks off as by default, no authentication, log level error`;
  return { name, setting, start: (organization) => start(organization, engine) };
}

async function start(organization: Organization, engine: Engine): Promise<RunningContender> {
  await using stack = new AsyncDisposableStack();
  const workshop = await openWorkshop('openfga');
  const store = ['--datastore-engine', engine];
  if (engine === 'sqlite') {
    store.push('--datastore-uri', `file:${join(workshop.folder, 'openfga.db')}`);
    workshop.run(['migrate', ...store]);
  }
  const [http = '', grpc = '', metrics = ''] = await freeAddresses(3);
  const process = stack.use(
    await workshop.serve(
      [
        ...['run', ...store, '--http-addr', http, '--grpc-addr', grpc, '--metrics-addr', metrics],
        ...['--log-level', 'error', '--playground-enabled=false'],
      ],
      `http://${http}/healthz`,
    ),
  );
  const created: { readonly id: string } = JSON.parse(await send(`http://${http}/stores`, { name: 'bench' }));
  const url = `http://${http}/stores/${created.id}`;
  const written: { readonly authorization_model_id: string } = JSON.parse(
    await send(`${url}/authorization-models`, model()),
  );
  const named = { authorization_model_id: written.authorization_model_id };
  const write = async (relationships: readonly Relationship[]) => {
    for (const part of parts(relationships, perWrite))
      await send(`${url}/write`, { ...named, writes: { tuple_keys: part.map(tupleOf) } });
  };
  await write(memberships(organization));
  const headers = { 'content-type': 'application/json' };
  const loadSeconds = await timed(() => write(grants(organization)));
  const running = stack.move();
  return {
    version: workshop.version,
    pid: process.pid,
    loadSeconds,
    single: {
      url: `${url}/check`,
      headers,
      body: ([question]) => ({ ...named, tuple_key: question && tupleAsked(question) }),
      answers: (text) => {
        const { allowed }: { readonly allowed?: boolean } = JSON.parse(text);
        return [allowed === true];
      },
    },
    batch: {
      url: `${url}/batch-check`,
      headers,
      body: (questions) => ({
        ...named,
        checks: questions.map((question, index) => ({
          tuple_key: tupleAsked(question),
          correlation_id: String(index),
        })),
      }),
      answers: (text) => {
        const { result }: { readonly result: Readonly<Record<string, Checked>> } = JSON.parse(text);
        const checked = Object.keys(result).map((_, index) => result[index]);
        const failure = checked.find((each) => each?.error)?.error;
        if (failure) throw new Error(`a check of a batch failed: ${JSON.stringify(failure)}`);
        return checked.map((each) => each?.allowed === true);
      },
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Checked {
  readonly allowed?: boolean;
  readonly error?: unknown;
}

/** A relation of a project for each role, and one for each permission that is the union of its roles. */
function model() {
  const held = [{ type: 'user' }, { type: 'group', relation: 'member' }];
  const relations = {
    ...Object.fromEntries(roles.map(({ name }) => [name, { this: {} }])),
    ...Object.fromEntries(
      permissions.map(({ name, roles: holders }) => [
        name,
        { union: { child: holders.map((relation) => ({ computedUserset: { relation } })) } },
      ]),
    ),
  };
  return {
    schema_version: '1.1',
    type_definitions: [
      { type: 'user' },
      {
        type: 'group',
        relations: { member: { this: {} } },
        metadata: { relations: { member: { directly_related_user_types: [{ type: 'user' }] } } },
      },
      {
        type: 'project',
        relations,
        metadata: {
          relations: Object.fromEntries(roles.map(({ name }) => [name, { directly_related_user_types: held }])),
        },
      },
    ],
  };
}

const tupleOf = ({ resource, relation, subject }: Relationship) => ({
  user: `${subject.type}:${subject.id}${subject.relation === undefined ? '' : `#${subject.relation}`}`,
  relation,
  object: `${resource.type}:${resource.id}`,
});

const tupleAsked = (question: Question) => ({
  user: `user:${question.user}`,
  relation: permissionName(question),
  object: `project:${question.project}`,
});
