import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { installCompletion } from '../src/completion/install.ts';
import { repliesOf } from '../src/completion/replies.ts';
import { readTypedLine } from '../src/completion/typed-line.ts';
import { type Setting, scw } from './support/cli.ts';
import { ask, breaks, lists } from './support/completion.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const evil = `a b'c"d$(touch x);\`e\`|&<>(){}[]*?!#~\\é`;
const groups = { reply: lists({ groups: [{ id: evil, name: evil }] }) };
const plain = { description: '', isFoundByPart: true, isId: false };

describe('a line is read as its shell reads it', () => {
  const cases: readonly (readonly [line: string, before: readonly string[], current: string, kept: number])[] = [
    ['scw iam ', ['scw', 'iam'], '', 0],
    ['  scw   iam', ['scw'], 'iam', 0],
    ['scw a=b', ['scw'], 'a=b', 2],
    ['scw a=b:c', ['scw'], 'a=b:c', 4],
    ['scw a=b\\:c', ['scw'], 'a=b:c', 2],
    ['scw "a b" c\\ d', ['scw', 'a b'], 'c d', 0],
    [`scw 'a b`, ['scw'], 'a b', 0],
    [`scw a="b c`, ['scw'], 'a=b c', 2],
    [`scw "a=b`, ['scw'], 'a=b', 0],
    [`scw '' `, ['scw', ''], '', 0],
    [`scw "a\\"b\\c"`, ['scw'], 'a"b\\c', 5],
    ['scw public-key=@x', ['scw'], 'public-key=@x', 11],
    ['scw a\\', ['scw'], 'a\\', 0],
  ];
  for (const [line, before, current, kept] of cases) {
    it(line, () => expect(readTypedLine(line, 'bash', breaks)).toMatchObject({ before, current, kept }));
  }

  it('fish has escapes of its own', () => {
    expect(readTypedLine(`scw 'a\\'b' "c\\"d`, 'fish')).toMatchObject({ before: ['scw', "a'b"], current: 'c"d' });
  });
});

describe('bash', () => {
  it('gets what follows the last break in the word, with a blank behind it', async () => {
    const bash = async (line: string, type = '9') => (await ask(['bash', '--', line, breaks, type], groups)).words;
    expect(await bash('scw iam us')).toEqual(['user ']);
    expect(await bash('scw iam user list order-by=created_at_a')).toEqual(['created_at_asc ']);
    expect(await bash('scw iam group create na')).toEqual(['name=']);
    expect(await bash('scw iam user list "order-by=created_at_a')).toEqual(['order-by=created_at_asc']);
    expect((await ask(['bash', '--', 'scw iam user list mfa=t', ' \t\n'], groups)).words).toEqual(['mfa=true ']);
  });

  it('shows several ids with their names, and never puts a name in', async () => {
    const reply = lists({
      groups: [
        { id: 'g1', name: 'one' },
        { id: 'g2', name: 'two' },
      ],
    });
    const bash = async (line: string, type: string) => (await ask(['bash', '--', line, breaks, type], { reply })).words;
    expect(await bash('scw iam group get g', '63')).toEqual(['g1  (one)', 'g2  (two)']);
    expect(await bash('scw iam group get g', '37')).toEqual(['g1 ', 'g2 ']);
    expect(await bash('scw iam group get g1', '9')).toEqual(['g1 ']);
    // With an empty word among them bash leaves alone what is typed.
    expect(await bash('scw iam group get o', '9')).toEqual(['g1  (one)', 'g2  (two)', ' ']);
  });

  it('reads back every word as it was, in any quotes', () => {
    const words = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { numRuns: 300, seed: 4 });
    const printable = [evil, '~', '-n', ...words].filter((word) => !/[\p{C}\p{Z}]/u.test(word.replaceAll(' ', '')));
    for (const quote of ['', "'", '"'] as const) {
      const lines: string[] = [];
      const expected: string[] = [];
      for (const value of printable) {
        const typed = { before: [], current: '', kept: 0, quote };
        const [line] = repliesOf([{ ...plain, value }], typed, 'bash', false).lines;
        if (line === undefined) continue;
        lines.push(`printf '%s\\n' ${quote}${line}${quote}`);
        expected.push(value);
      }
      const output = execFileSync('bash', ['--norc'], { input: lines.join('\n'), encoding: 'utf8' });
      expect(output.split('\n').slice(0, -1)).toEqual(expected);
    }
  });
});

describe('every shell', () => {
  it('gets nothing that a terminal obeys', async () => {
    const title = '\u001b]0;title\u0007';
    const reply = lists({
      groups: [
        { id: `x${title}`, name: 'x' },
        { id: 'id\nother', name: 'x' },
        { id: 'good-1', name: `${title}\nops` },
        { id: 'good-2', name: 'x\ty' },
      ],
    });
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout, words } = await ask([shell, '--', 'scw iam group get ', breaks, '9'], { reply });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
      expect(words).toHaveLength(2);
    }
  });

  it('zsh gets words with their texts, what needs no blank marked', async () => {
    const zsh = async (line: string) => (await ask(['zsh', '--', line], groups)).words;
    expect(await zsh('scw iam group create na')).toEqual([expect.stringMatching(/^=name=:\w/)]);
    expect(await zsh('scw iam user list order-by=username_a')).toEqual([' username_asc']);
    expect(await zsh('scw iam group get a')).toEqual([
      ` ${evil.replaceAll('\\', '\\\\')}:${evil.replaceAll('\\', '\\\\')}`,
    ]);
    expect((await ask(['zsh', '--', 'scw iam user list order-by=login'], groups)).kind).toBe('others');
  });

  it('is told how to ask', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await scw(`autocomplete script shell=${shell}`);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`scw autocomplete complete ${shell} --`)]);
      expect(await scw('autocomplete script', { env: { SHELL: `/bin/${shell}` } })).toMatchObject({ stdout });
      const other = await scw(`autocomplete script shell=${shell} basename=my-scw`);
      expect(other.stdout).toContain(`my-scw autocomplete complete ${shell} --`);
    }
  });

  it('other shells and names that are none are refused', async () => {
    const refusals: readonly (readonly [string | readonly string[], Setting, string])[] = [
      ['autocomplete script shell=tcsh', {}, "Unsupported shell 'tcsh'"],
      ['autocomplete install', { env: { SHELL: '/bin/ksh' } }, "Unsupported shell 'ksh'"],
      ['autocomplete script', {}, "Unsupported shell ''"],
      [['autocomplete', 'script', 'shell=bash', 'basename=x; touch y'], {}, "Invalid basename 'x; touch y'"],
      [['autocomplete', 'install', 'shell=bash', 'basename=$(x)'], {}, "Invalid basename '$(x)'"],
    ];
    for (const [line, setting, message] of refusals) {
      const { code, stderr } = await scw(line, setting);
      expect([code, stderr.split('\n')[0]]).toEqual([1, message]);
    }
  });
});

describe('scw autocomplete install', () => {
  const home = () => temporaryFolder('scw-home');
  const install = async (HOME: string, line = 'shell=bash', setting: Setting = {}) =>
    await scw(`autocomplete install ${line}`.trim(), { ...setting, env: { HOME, ...setting.env } });

  it('adds a line to the file that the shell reads, once', async () => {
    const files = { bash: '.bashrc', zsh: '.zshrc', fish: '.config/fish/config.fish' };
    for (const [shell, name] of Object.entries(files)) {
      const folder = home();
      const first = await install(folder, '', { env: { SHELL: `/usr/bin/${shell}` } });
      expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('✅ ')]);
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      expect(text).toMatch(new RegExp(`^# .*\\n.*scw autocomplete script shell=${shell}.*\\n$`));
      expect(first.stderr).toContain(text);
      expect(first.stderr).toContain(path);
      const again = await install(folder, `shell=${shell}`);
      expect([again.code, again.stderr]).toEqual([0, `Completion is set up in ${path} already.\n`]);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('leaves alone what is there, its mode too', async () => {
    const folder = home();
    const path = join(folder, '.bashrc');
    writeFileSync(path, 'alias x=y', { mode: 0o600 });
    await install(folder, 'shell=bash', { stdin: '\n' });
    expect(readFileSync(path, 'utf8')).toBe(
      'alias x=y\n\n# Completion of scw\neval "$(scw autocomplete script shell=bash 2>/dev/null)"\n',
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('does nothing after a no', async () => {
    const folder = home();
    const { code, stderr } = await install(folder, 'shell=bash', { stdin: 'no\n' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Installation of completion canceled')]);
    expect(() => readFileSync(join(folder, '.bashrc'))).toThrow();
  });

  it('says what it cannot read or write', async () => {
    const folder = home();
    writeFileSync(join(folder, '.config'), '');
    for (const line of ['shell=fish']) {
      const { code, stderr } = await install(folder, line);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^Cannot (?:read|write) .*: a folder of its path is a file\n/),
      ]);
    }
    expect((await install('')).stderr).toContain('No home folder is known');
  });

  it('knows other systems', async () => {
    const terminal = (await import('node:stream')).Readable.from(['\n']);
    const output = { write: () => {}, isTerminal: false, columns: null };
    const HOME = home();
    const options = {
      shell: 'bash',
      basename: 'scw',
      env: { HOME },
      terminal: { stdin: terminal, stdout: output, stderr: output },
    } as const;
    await installCompletion({ ...options, platform: 'darwin' });
    expect(readFileSync(join(HOME, '.bash_profile'), 'utf8')).toContain('autocomplete script');
    await expect(installCompletion({ ...options, platform: 'win32' })).rejects.toThrow('unsupported OS');
  });
});
