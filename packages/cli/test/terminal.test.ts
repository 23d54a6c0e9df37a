import { execFile, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { organization, secretKey } from './support/cli.ts';
import { sampleService } from './support/sample-service.ts';

/** The built program under a terminal of its own (`script` of util-linux). */
const program = join(import.meta.dirname, '../bin/scw.js');
const hasScript = spawnSync('script', ['--version']).status === 0;
if (!hasScript && process.env.CI) throw new Error('script of util-linux is missing');

let server: Server;
let url = '';

beforeAll(async () => {
  const reply = sampleService(table as CommandTable, 'difficult', 3);
  server = createServer((incoming, response) => {
    const { method = '', url: path = '' } = incoming;
    incoming.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply({ method, url: path, headers: {}, body: undefined }).body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => server.close());

interface Shown {
  readonly code: number;
  readonly text: string;
}

/** What a person would see of a line that is typed into a shell. */
async function shown(line: string, columns: number, env: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const command = `stty cols ${columns}; ${line.replace(/^scw/, `'${process.execPath}' '${program}'`)}`;
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    TERM: 'xterm-256color',
    SCW_API_URL: url,
    SCW_ACCESS_KEY: 'SCWEXAMPLEEXAMPLE000',
    SCW_SECRET_KEY: secretKey,
    SCW_DEFAULT_ORGANIZATION_ID: organization,
    ...env,
  };
  return await new Promise((resolve) => {
    const child = execFile('script', ['-qec', command, '/dev/null'], { env: environment }, (failure, stdout) => {
      resolve({ code: typeof failure?.code === 'number' ? failure.code : 0, text: stdout.replace(/\r+\n/g, '\n') });
    });
    child.stdin?.end();
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
const colour = /\u001b\[\d+m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

describe.skipIf(!hasScript)('the built program at a terminal', () => {
  it.each([
    ['scw iam application list', 80],
    ['scw iam user list', 60],
    ['scw iam user list', 200],
    ['scw iam policy list', 200],
    ['scw iam log list', 80],
    ['scw iam api-key list', 80],
    ['scw iam rule list P', 80],
    ['scw account project list', 60],
    ['scw iam group list -o human=ID,Editable', 80],
  ])('%s is as wide as %d columns at most, coloured, and commands nothing', async (line, columns) => {
    const { code, text } = await shown(line, columns);
    const plain = text.replace(colour, '');
    const lines = plain.trimEnd().split('\n');
    expect([code, lines.length]).toEqual([0, 4]);
    for (const one of lines) expect(stringWidth(one)).toBeLessThanOrEqual(columns);
    expect(plain).not.toMatch(obeyed);
    expect(lines[0]).toMatch(/^(ID|ACCESS KEY)\b/);
    if (/\b(true|false|created)\b/.test(plain)) expect(text).toMatch(colour);
  });

  it('wide columns stay below their headings', async () => {
    const { text } = await shown('scw iam user list -o human=Username,ID', 200);
    const lines = text.trimEnd().split('\n');
    const at = lines.map((line) => stringWidth(line.slice(0, line.search(/0c0ffee0|ID$/))));
    expect(new Set(at).size).toBe(1);
  });

  it('details are coloured and have bold titles', async () => {
    const { text } = await shown('scw iam policy get P', 80);
    expect(text).toContain('\u001b[1mPolicy:\u001b[22m\n');
    expect(text).toContain('\u001b[1mRules:\u001b[22m\n');
    expect(text).toContain('\u001b[32mtrue\u001b[39m');
  });

  it('a deletion is told in green, an error in red', async () => {
    expect((await shown('scw iam user delete U', 80)).text).toBe(
      '✅ \u001b[32mUser has been successfully deleted.\u001b[39m\n',
    );
    const refused = await shown('scw iam user get', 80);
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('\u001b[31mA positional argument is required for this command\u001b[39m\n');
  });

  it('without colour where NO_COLOR says so, and programs get the same as without a terminal', async () => {
    expect((await shown('scw iam user list', 80, { NO_COLOR: '1' })).text).not.toMatch(colour);
    const { text } = await shown('scw iam user list -o json', 60);
    expect(JSON.parse(text)).toHaveLength(3);
  });

  it.each(['csv=ID,Name', 'template={{ .ID }} {{ .Name }}', 'yaml'])('-o %s works in the bundle', async (format) => {
    const { code, text } = await shown(`scw iam policy list -o '${format}'`, 80);
    expect(code).toBe(0);
    expect(text).toContain('0c0ffee0-0d1b-4000-8000-000000000003');
    expect(text).not.toMatch(obeyed);
  });
});
