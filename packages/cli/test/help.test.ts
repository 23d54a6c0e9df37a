import { execFileSync } from 'node:child_process';
import type { CommandTable } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { isOwn, programOf } from '../src/own/program.ts';
import { scw } from './support/cli.ts';

const program = programOf(table as CommandTable);
const listed = program.commands.filter(({ heading }) => heading !== null);
const env = { SCW_ACCESS_KEY: undefined, SCW_SECRET_KEY: undefined };
const order = [
  'USAGE:',
  'ALIASES:',
  'EXAMPLES:',
  'ARGS:',
  'DEPRECATED ARGS:',
  'AVAILABLE COMMANDS:',
  'CONFIGURATION COMMANDS:',
  'SECURITY COMMANDS:',
  'UTILITY COMMANDS:',
  'WORKFLOW COMMANDS:',
  'FLAGS:',
  'GLOBAL FLAGS:',
  'SEE ALSO:',
];

function headingsOf(page: string): readonly string[] {
  return page.split('\n').filter((line) => /^[A-Z ]+:$/.test(line));
}

/** What a shell makes of a line. */
function shellWords(line: string): readonly string[] {
  const printed = execFileSync('bash', ['-c', `scw() { printf '%s\\0' "$@"; return 1; }; ${line} || true`], {
    encoding: 'utf8',
  });
  return printed.split('\0').slice(0, -1);
}

describe('the page of every command', () => {
  it.each(listed.map((command) => [command.words.join(' '), command] as const))('%s', async (words, command) => {
    const { code, stdout, stderr } = await scw(`${words} -h`, { env });
    expect([code, stderr]).toEqual([0, '']);
    const headings = headingsOf(stdout);
    expect(headings).toEqual(order.filter((heading) => headings.includes(heading)));
    expect(stdout).toContain(`USAGE:\n  scw ${words}`);
    for (const { name, hidden } of command.arguments)
      expect(stdout.includes(name)).toBe(!hidden || stdout.includes(`(${name}`) || stdout.includes(` ${name}`));
    for (const line of stdout.split('\n')) expect(line).toBe(line.trimEnd());
    expect((await scw(`help ${words}`, { env })).stdout).toBe(stdout);
  });
});

describe('examples', () => {
  const examples = listed.flatMap((command) =>
    isOwn(command) ? [] : command.examples.map(({ line }) => [line, command] as const),
  );

  it.each(examples)('%s is typed right', async (line, command) => {
    const [start, ...words] = [line.slice(0, 4), ...shellWords(line)];
    expect([start, words.slice(0, command.words.length)]).toEqual(['scw ', command.words]);
    // Reaching the service is enough: only what is typed wrong ends before.
    const reply = () => ({ status: 400, body: { type: 'reached', message: 'reached' } });
    const { stderr } = await scw(words, { reply });
    const isHere = !line.includes('@id_ed25519.pub');
    if (isHere) expect(stderr).toMatch(/^((?:[\w-]+: r|R)eached\n)+$/);
    else expect(stderr).toMatch(/^Could not open requested file: /);
  });
});

describe('see also', () => {
  it('names commands that exist', () => {
    const known = new Set([...program.groups, ...program.commands].map(({ words }) => ['scw', ...words].join(' ')));
    const named = program.commands.flatMap(({ seeAlso }) => seeAlso);
    expect(named.filter((line) => !known.has(line))).toEqual([]);
  });

  it('says what they do', async () => {
    expect((await scw('iam api-key create -h', { env })).stdout).toContain(
      'SEE ALSO:\n  # List API keys\n  scw iam api-key list\n',
    );
  });
});

describe('levels above commands', () => {
  it.each(['', ...program.groups.map(({ words }) => words.join(' '))])('"%s" lists what is below', async (words) => {
    const line = words === '' ? ['-h'] : [...words.split(' '), '-h'];
    const { code, stdout } = await scw(line, { env });
    expect(code).toBe(0);
    const headings = headingsOf(stdout);
    expect(headings).toEqual(order.filter((heading) => headings.includes(heading)));
    const depth = words === '' ? 0 : words.split(' ').length;
    const below = [...program.groups, ...listed].filter(
      (one) => one.words.length === depth + 1 && one.words.slice(0, depth).join(' ') === words,
    );
    for (const one of below)
      expect(stdout).toMatch(new RegExp(`^  ${one.words.at(-1)} +${one.summary.slice(0, 10)}`, 'm'));
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      `Use "${['scw', ...(words === '' ? [] : [words])].join(' ')} [command] --help" for more information about a command.`,
    );
  });

  it('are helped by the help command too', async () => {
    const { code, stdout } = await scw('help iam policy', { env });
    expect([code, stdout]).toEqual([0, (await scw('iam policy -h', { env })).stdout]);
  });

  it('the topics stand below help', async () => {
    const { code, stdout } = await scw('help', { env });
    expect([code, stdout.includes('date'), stdout.includes('output')]).toEqual([1, true, true]);
    expect((await scw('help date', { env })).stdout).toMatch(/in 30 days[\s\S]*USAGE:\n {2}scw help date\n/);
  });

  it('show the words that somebody may have meant', async () => {
    const { code, stdout, stderr } = await scw('iam user lst', { env });
    expect([code, stdout]).toEqual([1, (await scw('iam user -h', { env })).stdout]);
    expect(stderr).toBe('Unknown command "lst" for "scw iam user"\n\nDid you mean this?\n\tlist\n');
    expect((await scw('iam user lst -o json', { env })).stderr).toBe('{}\n');
    expect((await scw('iam user ls', { env })).stderr).toContain('\tlist\n');
    expect((await scw('iam user rm U', { env })).stderr).toContain('\tdelete\n');
    expect((await scw('iam user frobnicate', { env })).stderr).toBe('');
  });
});

describe('arguments that somebody may have meant', () => {
  it.each([
    ['iam application create nmae=x', "Did you mean 'name'?"],
    ['iam policy create rules.0.permision-set-names.0=x', "Did you mean 'rules.0.permission-set-names.0'?"],
    ['iam application list ordr-by=x', "Did you mean 'order-by'?"],
  ])('%s', async (line, suggestion) => {
    const { code, stderr, requests } = await scw(line);
    expect([code, requests]).toEqual([1, []]);
    expect(stderr).toContain(`Details:\n${suggestion}\n`);
    expect(stderr).toContain('Valid arguments are: ');
  });

  it('are not made up', async () => {
    expect((await scw('iam application list frobnicate=x')).stderr).not.toContain('Did you mean');
  });
});
