import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import {
  callApi,
  type Json,
  type Outcome,
  removeData,
  runProgram,
  runScw,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';
import { commandWalks } from '../walks/commands.ts';
import { resultsOf } from './support/compatibility.ts';
import { goProgram } from './support/go-programs.ts';
import { createNormalizer, type Exchange } from './support/transcript.ts';

const results = resultsOf('official-scw');
const building = 30 * 60_000;
const walking = 120_000;

type Program = (server: ServerProcess, words: readonly string[]) => Promise<Outcome>;

for (const database of databases()) {
  describe(`the official scw beside ours, on ${database.name}`, () => {
    const sides: { readonly server: ServerProcess; readonly created: TestDatabase }[] = [];
    let official: Program | null = null;
    let version = '';
    results(database.name, () =>
      official === null ? null : { client: 'the official scw, beside ours', version: `scw ${version}` },
    );

    beforeEach(({ skip }) => skip(official === null));
    beforeAll(async () => {
      const built = await goProgram('scw');
      if ('missing' in built) {
        console.warn(`${built.missing}: what it makes of our answers is not tested`);
        return;
      }
      version = built.version;
      official = (server, words) => runProgram(built.path, words, { env: officialEnvironment(server) });
      for (const _side of ['ours', 'official']) {
        const created = await database.create();
        sides.push({ created, server: await startServer({ databaseUrl: created.url }) });
      }
    }, building);
    afterAll(async () => {
      for (const { server, created } of sides) {
        await server.stop();
        removeData(server);
        await created.drop();
      }
    });

    /** The same lines typed in both, each on a service of its own; what came of them, made comparable. */
    async function bothSides(walk: (side: Side) => Promise<void>): Promise<readonly (readonly Exchange[])[]> {
      const programs: readonly Program[] = [runScw, official!];
      return await Promise.all(
        programs.map(async (program, index) => {
          const { server } = sides[index]!;
          const exchanges: Exchange[] = [];
          const type = async (words: readonly string[]) => {
            const outcome = await program(server, words);
            exchanges.push({ words, ...outcome });
            return outcome;
          };
          await walk({ server, type, isOurs: index === 0 });
          return exchanges;
        }),
      );
    }

    interface Side {
      readonly server: ServerProcess;
      readonly type: (words: readonly string[]) => Promise<Outcome>;
      readonly isOurs: boolean;
    }

    for (const [title, walk] of Object.entries(commandWalks)) {
      it(
        `${title}: the same JSON`,
        async () => {
          const [ours, theirs] = await bothSides(async ({ server, type, isOurs }) => {
            const scw = async (line: string, ...values: readonly string[]): Promise<Json> => {
              const words = [...line.split(' '), ...values, '-o', 'json'];
              const { code, stdout, stderr } = await type(words);
              expect([code, stderr], words.join(' ')).toEqual([0, '']);
              return JSON.parse(stdout);
            };
            await walk({ scw, server, isOurs });
          });
          // What only ours can do stands at the end.
          expect(comparable(ours!.slice(0, theirs!.length), asJson)).toEqual(comparable(theirs!, asJson));
        },
        walking,
      );
    }

    const lists = [
      ...['api-key', 'application', 'group', 'permission-set', 'policy', 'ssh-key', 'user'].map(
        (name) => `iam ${name} list`,
      ),
      'account project list',
      'iam security-settings get',
    ];

    it(
      'lists and details: the same YAML, and the same for people',
      async () => {
        const [ours, theirs] = await bothSides(async ({ server, type }) => {
          const lines = await readings(server);
          for (const line of lines) {
            for (const format of ['yaml', 'human', 'json', 'json=pretty']) {
              const { code, stderr } = await type([...line.split(' '), '-o', format]);
              expect([code, stderr], line).toEqual([0, '']);
            }
          }
        });
        expect(comparable(ours!, asShown)).toEqual(comparable(theirs!, asShown));
      },
      walking,
    );

    /** Something of everything, and the lines that show it. */
    async function readings(server: ServerProcess): Promise<readonly string[]> {
      const made = async (path: string, body: object) => (await callApi(server, 'POST', path, body)).body;
      const iam = '/iam/v1alpha1';
      const application = await made(`${iam}/applications`, { name: 'web', description: '', tags: ['a', 'b'] });
      const user = await made(`${iam}/users`, { member: { username: 'ada', email: 'ada@example.org' } });
      const group = await made(`${iam}/groups`, { name: 'ops', user_ids: [], application_ids: [] });
      await callApi(server, 'PUT', `${iam}/groups/${group.id}/members`, {
        user_ids: [user.id],
        application_ids: [application.id],
      });
      const policy = await made(`${iam}/policies`, {
        name: 'readers',
        application_id: application.id,
        rules: [
          { permission_set_names: ['IAMReadOnly'], organization_id: server.organizationId },
          {
            permission_set_names: ['ObjectStorageReadOnly'],
            project_ids: [server.organizationId],
            condition: 'request.user_agent == "<x> & y"',
          },
        ],
      });
      const key = await made(`${iam}/api-keys`, {
        application_id: application.id,
        description: 'for a test',
        expires_at: new Date(Date.now() + 10.5 * 86_400_000).toISOString(),
      });
      return [
        ...lists,
        `iam application get ${application.id}`,
        `iam user get ${user.id}`,
        `iam group get ${group.id}`,
        `iam policy get ${policy.id}`,
        `iam rule list ${policy.id}`,
        `iam api-key get ${key.access_key}`,
        `account project get project-id=${server.organizationId}`,
      ];
    }

    it(
      'errors: the same message and exit code',
      async () => {
        const [ours, theirs] = await bothSides(async ({ type }) => {
          for (const line of refusedLines) await type([...line.split(' '), '-o', 'json']);
        });
        const shown = ({ words, code, stdout, stderr }: Exchange) => ({
          line: words.join(' '),
          code,
          stdout,
          ...messageOf(stderr),
        });
        expect(ours!.map(shown)).toEqual(theirs!.map(shown));
        for (const { code } of ours!) expect(code).toBe(1);
      },
      walking,
    );
  });
}

const nobody = '0c0ffee0-0000-4000-8000-000000000001';
const refusedLines = [
  `iam user get ${nobody}`,
  `iam group delete ${nobody}`,
  `iam policy get ${nobody}`,
  'iam user get',
  'iam user get U foo=bar',
  'iam application create tags.1=b',
  'iam application create name=x tags=none',
  'iam application create organization-id=bad',
  'iam application list editable=yes',
  'iam application list order-by=bad',
  `iam application create name=${'x'.repeat(65)}`,
  'iam application create name=x name=y',
  'iam application create Name=x',
  'iam api-key create expires-at=2030-01-02',
  `iam user update-password ${nobody}`,
  'iam policy create rules.1.organization-id=o',
  `iam rule delete ${nobody} rule-id=zzz`,
  'iam ssh-key create',
  'iam ssh-key create public-key=@/nowhere/key.pub',
  'iam ssh-key create public-key=nonsense',
  'iam group create name=bad/name',
  'iam user create email=nonsense',
];

/** Nothing of this machine but its programs. */
function officialEnvironment(server: ServerProcess): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: server.data,
    SCW_CONFIG_PATH: server.configuration,
    SCW_DISABLE_CHECK_VERSION: 'true',
    NO_COLOR: '1',
  };
}

function comparable(exchanges: readonly Exchange[], show: (exchange: Exchange) => unknown): readonly unknown[] {
  const normalize = createNormalizer();
  return exchanges.map((exchange) => ({
    line: normalize(exchange.words.filter((word) => word !== 'no-escalation=false').join(' ')),
    shown: JSON.parse(normalize(JSON.stringify(show(exchange)))),
  }));
}

/** The official one adds a name to every object that a server did not name. */
function withoutNames(value: Json): Json {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'srn' ? undefined : inner)));
}

/** The official one wipes the conditions of the other rules when it adds or takes away one. */
function asJson({ stdout, words }: Exchange): Json {
  const isRule = words[0] === 'iam' && words[1] === 'rule';
  const value = withoutNames(JSON.parse(stdout));
  return isRule ? JSON.parse(JSON.stringify(value, (key, inner) => (key === 'condition' ? '' : inner))) : value;
}

function asShown(exchange: Exchange): Json {
  const format = exchange.words.at(-1);
  if (format === 'yaml') return withoutNames(parse(exchange.stdout, { version: '1.1' }));
  if (format === 'human') return withoutNameColumn(exchange.stdout);
  return asJson(exchange);
}

/** Tables lose their last column, and details their last line, where it holds names. Blanks go with the widths. */
function withoutNameColumn(text: string): readonly string[] {
  let isNamed = false;
  return text
    .split('\n')
    .filter((line) => !/^(?:Srn|Rules\.\d+\.Srn) /.test(line))
    .map((line) => {
      const isHead = / SRN *$/.test(line);
      isNamed = isHead || (isNamed && line !== '');
      const kept = isNamed ? line.trimEnd().replace(/ +\S+$/, '') : line;
      return kept.replace(/ {2,}/g, '  ').trimEnd();
    });
}

/** The words of an error, without the name of the library that the official one puts before some. */
function messageOf(stderr: string): { readonly message: string } {
  const { message, error } = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '{}');
  const text: unknown = message ?? error;
  return { message: String(text).replace(/^scaleway-sdk-go: /, '') };
}
