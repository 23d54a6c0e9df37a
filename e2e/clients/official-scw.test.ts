import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../test-support/databases.ts';
import {
  type Json,
  type Outcome,
  removeData,
  runProgram,
  runScw,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';
import { commandWalks } from '../walks/commands.ts';
import { readings, refusedLines } from '../walks/readings.ts';
import { asShown, asShownAndTold, comparable, messageOf, toldToPeople } from './support/comparable.ts';
import { resultsOf } from './support/compatibility.ts';
import { goProgram } from './support/go-programs.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';
import type { Exchange } from './support/transcript.ts';

const results = resultsOf('official-scw');
const building = 30 * 60_000;
const walking = 240_000;

type Program = (side: ServerSide, words: readonly string[]) => Promise<Outcome>;

/** A service of its own, and what is asked of it and answered. */
interface ServerSide {
  readonly server: ServerProcess;
  readonly created: TestDatabase;
  readonly recorder: Recorder;
}

for (const database of databases()) {
  describe(`the official scw beside ours, on ${database.name}`, () => {
    const sides: ServerSide[] = [];
    const typed = new Set<string>();
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
      official = async (side, words) => {
        const outcome = await runProgram(built.path, words, { env: officialEnvironment(side) });
        // It calls itself what it was called.
        return { ...outcome, stderr: outcome.stderr.replaceAll(built.path, 'scw') };
      };
      // What they tell of themselves is the same.
      const env = { BAILIWICK_PUBLIC_URL: 'https://iam.example.org' };
      for (const _side of ['ours', 'official']) {
        const created = await database.create();
        const server = await startServer({ databaseUrl: created.url, env });
        sides.push({ created, server, recorder: await startRecorder(server.url) });
      }
    }, building);
    afterAll(async () => {
      for (const { server, created, recorder } of sides) {
        recorder.close();
        await server.stop();
        removeData(server);
        await created.drop();
      }
    });

    /** The same lines typed in both, each on a service of its own; what came of them, made comparable. */
    async function bothSides(walk: (side: Side) => Promise<void>): Promise<readonly (readonly Exchange[])[]> {
      const programs: readonly Program[] = [ours, official!];
      return await Promise.all(
        programs.map(async (program, index) => {
          const side = sides[index]!;
          const exchanges: Exchange[] = [];
          const type = async (words: readonly string[], isAgain = false) => {
            if (isAgain) side.recorder.playBack();
            else side.recorder.record();
            const outcome = await program(side, words);
            typed.add(words.slice(0, 3).join(' '));
            exchanges.push({ words, ...outcome });
            return outcome;
          };
          await walk({ server: side.server, type, isOurs: index === 0 });
          return exchanges;
        }),
      );
    }

    interface Side {
      readonly server: ServerProcess;
      /** Again: nothing is done, the answers to the line before are shown in another form. */
      readonly type: (words: readonly string[], isAgain?: boolean) => Promise<Outcome>;
      readonly isOurs: boolean;
    }

    for (const [title, walk] of Object.entries(commandWalks)) {
      it(
        `${title}: the same JSON and YAML, and the same for people`,
        async () => {
          const [ours, theirs] = await bothSides(async ({ server, type, isOurs }) => {
            const scw = async (line: string, ...values: readonly string[]): Promise<Json> => {
              const words = [...line.split(' '), ...values, '-o'];
              const { code, stdout, stderr } = await type([...words, 'json']);
              expect([code, stderr], words.join(' ')).toEqual([0, '']);
              for (const format of ['yaml', 'human']) await type([...words, format], true);
              return JSON.parse(stdout);
            };
            await walk({ scw, server, isOurs });
          });
          // What only ours can do stands at the end.
          const same = comparable(ours!.slice(0, theirs!.length), asShownAndTold);
          expect(same).toEqual(comparable(theirs!, asShownAndTold));
        },
        walking,
      );
    }

    it(
      'lists and details: the same YAML, and the same for people',
      async () => {
        const [ours, theirs] = await bothSides(async ({ server, type }) => {
          const lines = await readings(server);
          for (const line of lines) {
            for (const format of ['yaml', 'human', 'json=pretty']) {
              const { code, stderr } = await type([...line.split(' '), '-o', format]);
              expect([code, stderr], line).toEqual([0, '']);
            }
          }
        });
        expect(comparable(ours!, asShown)).toEqual(comparable(theirs!, asShown));
      },
      walking,
    );

    it('every command was typed', async () => {
      const texts = ['iam', 'account'].map((word) => official!(sides[0]!, [word, '--list-sub-commands']));
      const all = (await Promise.all(texts)).flatMap(({ stdout }) => commandsIn(stdout));
      expect(all).toContain('iam group add-member');
      expect(all.filter((command) => !typed.has(command))).toEqual([]);
    });

    it(
      'errors: the same message and exit code, and the same hints for people',
      async () => {
        const [ours, theirs] = await bothSides(async ({ type }) => {
          for (const line of refusedLines) {
            const words = [...line.split(' '), '-o'];
            await type([...words, 'json']);
            await type([...words, 'human'], true);
          }
        });
        const shown = ({ words, code, stdout, stderr }: Exchange) => ({
          line: words.join(' '),
          code,
          stdout,
          told: words.at(-1) === 'human' ? toldToPeople(stderr) : messageOf(stderr),
        });
        expect(ours!.map(shown)).toEqual(theirs!.map(shown));
        for (const { code } of ours!) expect(code).toBe(1);
      },
      walking,
    );
  });
}

/** The commands of a tree in which each level is indented by two blanks more. */
function commandsIn(tree: string): readonly string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indentation = '', word = ''] = /^( *)(\S+) - /.exec(line) ?? [];
    path.splice(indentation.length / 2, path.length, word);
    return path.length === 3 ? [path.join(' ')] : [];
  });
}

function ours({ server, recorder }: ServerSide, words: readonly string[]): Promise<Outcome> {
  return runScw(server, words, { SCW_API_URL: recorder.url });
}

/** Nothing of this machine but its programs. */
function officialEnvironment({ server, recorder }: ServerSide): NodeJS.ProcessEnv {
  return {
    SCW_API_URL: recorder.url,
    PATH: process.env.PATH,
    HOME: server.data,
    SCW_CONFIG_PATH: server.configuration,
    SCW_DISABLE_CHECK_VERSION: 'true',
    NO_COLOR: '1',
  };
}
