import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import { type Json, removeData, runScw, type ServerProcess, startServer } from './support/server-process.ts';
import { commandWalks, ownWalks } from './walks/commands.ts';

const { commands } = table as CommandTable;
/** `rules.0.project-ids.1=…` → `rules.{index}.project-ids.{index}` */
const argumentName = (word: string) =>
  (word.endsWith('=none') ? word.replace('=none', '.0') : word).split('=')[0]!.replace(/\.\d+(?=\.|$)/g, '.{index}');

for (const database of databases()) {
  describe(`every command with every argument, on ${database.name}`, () => {
    let server: ServerProcess;
    let created: TestDatabase;
    const typed = new Set<string>();

    beforeAll(async () => {
      created = await database.create();
      server = await startServer({ databaseUrl: created.url });
    });
    afterAll(async () => {
      await server.stop();
      removeData(server);
      await created.drop();
    });

    /** Types a line and notes what of the table was used. The line works; its JSON comes back. */
    const scw = async (line: string, ...values: readonly string[]): Promise<Json> => {
      const words = [...line.split(' '), ...values];
      const { code, stdout, stderr } = await runScw(server, [...words, '-o', 'json']);
      expect([code, stderr], words.join(' ')).toEqual([0, '']);
      note(words);
      return JSON.parse(stdout);
    };
    const note = (words: readonly string[]) => {
      const command = commands.find((one) => one.words.every((word, index) => words[index] === word))!;
      const key = command.words.join(' ');
      typed.add(key);
      for (const word of words.slice(command.words.length)) {
        typed.add(`${key} ${word.includes('=') ? argumentName(word) : command.positional}`);
      }
    };

    for (const [title, walk] of Object.entries({ ...commandWalks, ...ownWalks })) {
      it(title, () => walk({ scw, server, isOurs: true }));
    }

    it('no command and no argument was left out', () => {
      const all = commands.flatMap(({ words, arguments: each }) => {
        const key = words.join(' ');
        return [key, ...each.map(({ name }) => `${key} ${name}`)];
      });
      const left = all.filter((one) => !typed.has(one));
      expect(left.filter((one) => !/ page(?:-size)?$/.test(one))).toEqual([]);
      expect([...typed].filter((one) => !all.includes(one))).toEqual([]);
    });

    it('the file with the first credentials is for its owner only, and no secret reached standard output', () => {
      expect(server.output()).toMatch(/^export SCW_CONFIG_PATH=\S+\n.*first-start\.txt\nlistening on \S+\n$/);
      expect(server.output()).not.toContain(server.secretKey);
    });
  });
}
