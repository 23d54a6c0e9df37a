import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretKey } from './support/cli.ts';
import { createHome } from './support/home.ts';

const settings = `access_key: SCWEXAMPLEEXAMPLE000\nsecret_key: ${secretKey}\n`;

/** A home folder whose configuration file is a link. */
function linkedHome(target: string) {
  const home = createHome();
  mkdirSync(dirname(home.path), { recursive: true });
  symlinkSync(target.startsWith('/') ? target : join(home.folder, target), home.path);
  return home;
}

describe('a configuration file that is a link', () => {
  it('is made at the end of the link, which stays one', async () => {
    const home = linkedHome('real.yaml');
    expect((await home.run('config set api-url=http://x')).code).toBe(0);
    expect(readlinkSync(home.path)).toBe(join(home.folder, 'real.yaml'));
    expect([home.read(), home.mode(home.path)]).toEqual(['api_url: http://x\n', '600']);
    const relative = linkedHome('x');
    symlinkSync('../over/there.yaml', join(relative.folder, 'x'));
    mkdirSync(join(relative.folder, '..', 'over'), { recursive: true });
    expect((await relative.run('config set api-url=http://x')).code).toBe(0);
    expect(lstatSync(relative.path).isSymbolicLink()).toBe(true);
    expect(relative.read()).toBe('api_url: http://x\n');
  });

  it('makes no folder where the link leads to none, nor goes round in circles', async () => {
    const home = linkedHome('not-mounted/real.yaml');
    const { code, stderr } = await home.run('config set api-url=http://x');
    expect([code, stderr]).toEqual([1, `Cannot change config file ${home.path}: no such file or directory\n`]);
    expect([existsSync(join(home.folder, 'not-mounted')), lstatSync(home.path).isSymbolicLink()]).toEqual([
      false,
      true,
    ]);
    const circle = linkedHome('.config/scw/config.yaml');
    const round = await circle.run('config set api-url=http://x');
    expect([round.code, round.stderr.split('\n')[0]]).toEqual([
      1,
      `Cannot read config file ${circle.path}: its links lead in a circle`,
    ]);
  });

  it('is destroyed alone: what it leads to may be used by others, and it is said that keys stay there', async () => {
    const home = linkedHome('real.yaml');
    const target = join(home.folder, 'real.yaml');
    writeFileSync(target, settings, { mode: 0o600 });
    const { code, stdout } = await home.run('config destroy');
    expect([code, stdout]).toEqual([
      0,
      `✅ Link to the configuration file deleted.\n  It was a link to ${target}, which stays as it is, with the keys that it holds.\n`,
    ]);
    expect([existsSync(home.path), readFileSync(target, 'utf8')]).toEqual([false, settings]);
    const dangling = linkedHome('nowhere.yaml');
    expect((await dangling.run('config destroy')).stdout).toBe('✅ Configuration file deleted.\n');
  });
});

describe('files that are none of what they should be', () => {
  it.each([
    ['config.yaml', 'config get api-url', (path: string) => `Cannot read config file ${path}: it is a folder`],
    ['config.yaml', 'config set api-url=http://x', (path: string) => `Cannot read config file ${path}: it is a folder`],
    ['config.yaml', 'config reset', (path: string) => `Cannot change config file ${path}: it is a folder`],
    ['config.yaml', 'config destroy', (path: string) => `Cannot remove ${path}: it is a folder`],
    ['cli.yaml', 'alias list', (path: string) => `Cannot read ${path}: it is a folder`],
    ['cli.yaml', 'alias create x command=iam', (path: string) => `Cannot read ${path}: it is a folder`],
  ])('a folder in place of %s: %s', async (name, line, message) => {
    const home = createHome();
    const path = join(dirname(home.path), name);
    mkdirSync(path, { recursive: true });
    const { code, stderr } = await home.run(line);
    expect([code, stderr]).toEqual([1, `${message(path)}\n\nHint:\nName a file.\n`]);
  });

  it.each([
    ['a: [', 'line 1: a sign is missing here or above: a quote, a bracket, a comma, or the ":" behind a key'],
    ['a: "x', 'line 1: a sign is missing here or above: a quote, a bracket, a comma, or the ":" behind a key'],
    ['a: 1\na: 2', 'line 2: the key is there twice'],
    ['a: b: c', 'line 1: the line holds more than one ": " or "- "; put the text in quotes'],
    ['a: 1\n\tb: 2', 'line 2: '],
    ['a: @x', 'line 1: no text begins with this character; put the text in quotes'],
    ['a: "\\y"', 'line 1: a backslash in double quotes'],
    ['a: 1\n---\nb: 2', 'line 2: a second document begins with ---, and there can be only one'],
    ['[1]: 2', 'line 1: a key is no text; put the text in quotes'],
    ['a: *b', 'the reference *b has no anchor &b before it'],
    ['a: &a [*a]', 'a part of it holds itself'],
    [`a: ${'['.repeat(20_000)}`, 'line 1: it is nested too deeply'],
    ['- a', 'it holds no map of keys and values'],
    [
      Array.from({ length: 12 }, (_, at) => `l${at}: &l${at} [${Array(10).fill(at ? `*l${at - 1}` : 'x')}]`).join('\n'),
      'its references (*name) repeat more than anybody writes by hand',
    ],
  ])('content %# is told in our words, with its line and how to mend it', async (content, reason) => {
    const home = createHome();
    home.write(content);
    const { code, stderr, stdout } = await home.run('config get api-url');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`Content of config file ${home.path} is invalid: ${reason}`);
    expect(stderr).toContain('\n\nHint:\nMend it in your editor with: scw config edit\n');
    expect(stderr).not.toMatch(/YAML\w|parseDocument|[Ff]low |column/);
    home.write(content, 'cli.yaml');
    const preferences = await home.run('alias list -o json');
    expect(JSON.parse(preferences.stderr)).toEqual({
      error: expect.stringContaining(`content of ${join(dirname(home.path), 'cli.yaml')} is invalid: ${reason}`),
      hint: expect.stringContaining('Mend it in an editor'),
    });
  });
});
