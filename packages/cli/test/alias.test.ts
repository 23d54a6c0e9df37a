import { describe, expect, it } from 'vitest';
import { scw } from './support/cli.ts';
import { createHome } from './support/home.ts';

const create = ['alias', 'create', 'ipl', 'command=iam policy list'];

describe('alias', () => {
  it('is made, used, replaced and deleted', async () => {
    const home = createHome();
    expect((await home.run(create)).stdout).toBe('✅ Alias ipl created.\n');
    expect(home.read('cli.yaml')).toBe('alias:\n  aliases:\n    ipl: [iam, policy, list]\n');
    expect(home.mode(home.path.replace('config.yaml', 'cli.yaml'))).toBe('644');
    expect((await scw('ipl', { env: { HOME: home.folder } })).requests[0]?.url).toMatch(/^\/iam\/v1alpha1\/policies\?/);
    expect((await home.run(create)).stdout).toBe('✅ Alias ipl replaced.\n');
    expect((await home.run('alias delete ipl')).stdout).toBe('✅ Alias ipl deleted.\n');
    const again = await home.run('alias delete ipl -o json');
    expect([again.code, again.stdout]).toEqual([
      0,
      '{"message":"nothing changed: there is no alias ipl.","details":""}\n',
    ]);
  });

  it('keeps comments and other preferences', async () => {
    const home = createHome();
    const before = '# Mine\noutput: json # for jq\nalias:\n  aliases:\n    # short\n    a: [iam]\n';
    home.write(before, 'cli.yaml');
    await home.run(create);
    expect(home.read('cli.yaml')).toBe(`${before}    ipl: [iam, policy, list]\n`);
    await home.run('alias delete ipl');
    expect(home.read('cli.yaml')).toBe(before);
  });

  it('is listed in an order, and by what it holds', async () => {
    const home = createHome();
    for (const [name, command] of [
      ['b', 'iam user list'],
      ['a', 'version'],
      ['c', 'iam group list'],
    ]) {
      await home.run(['alias', 'create', name!, `command=${command}`]);
    }
    const names = async (words: string) =>
      JSON.parse((await home.run(`alias list -o json ${words}`.trim())).stdout).map(
        ({ alias }: { alias: string }) => alias,
      );
    expect(await names('')).toEqual(['c', 'b', 'a']);
    expect(await names('order-by=command_desc')).toEqual(['a', 'b', 'c']);
    expect(await names('order-by=alias_asc')).toEqual(['a', 'b', 'c']);
    expect(await names('order-by=alias_desc')).toEqual(['c', 'b', 'a']);
    expect(await names('command=list')).toEqual(['c', 'b']);
    expect(await names('alias=a')).toEqual(['a']);
    expect((await home.run('alias list')).stdout).toBe(
      'ALIAS  COMMAND\nc      iam group list\nb      iam user list\na      version\n',
    );
    expect((await createHome().run('alias list -o json')).stdout).toBe('[]\n');
  });

  it('keeps what is quoted together, and is shown as it can be typed again', async () => {
    const home = createHome();
    const typed = `iam policy list policy-name='night  watch' "tag=it's"  user-ids.0=a\\ b`;
    expect((await home.run(['alias', 'create', 'nw', `command=${typed}`])).code).toBe(0);
    const { requests } = await scw('nw', { env: { HOME: home.folder } });
    const query = new URL(requests[0]!.url, 'http://x').searchParams;
    expect([query.get('policy_name'), query.get('tag'), query.get('user_ids')]).toEqual([
      'night  watch',
      "it's",
      'a b',
    ]);
    const shown = `iam policy list policy-name='night  watch' tag='it'\\''s' user-ids.0='a b'`;
    const list = async () => JSON.parse((await home.run('alias list -o json')).stdout)[0].command;
    expect(await list()).toBe(shown);
    expect((await home.run('iam policy list -h')).stdout).toContain(` nw  ${shown}\n`);
    await home.run(['alias', 'create', 'nw', `command=${shown}`]);
    expect(await list()).toBe(shown);
  });

  it('is not expanded in lines about aliases, completion and init', async () => {
    const home = createHome();
    home.write(
      'alias:\n  aliases:\n    list: [version]\n    script: [version]\n    secret-key: [version]\n    alias: [version]\n',
      'cli.yaml',
    );
    expect((await home.run('alias list')).stdout).toMatch(/^ALIAS/);
    expect((await home.run('autocomplete script -h')).stdout).toContain('scw autocomplete script');
    expect((await home.run('iam policy list')).stdout).not.toMatch(/^ALIAS/);
  });

  it.each([
    [['alias', 'create', 'a b', 'command=version'], "Invalid alias 'a b'"],
    [['alias', 'create', 'alias=-x', 'command=version'], "Invalid alias '-x'"],
    [['alias', 'create', 'alias=a=b', 'command=version'], "Invalid alias 'a=b'"],
    [['alias', 'create', 'a', 'command= '], "Argument 'command' needs a value"],
    [['alias', 'create', 'a', 'command=iam user list -o json'], "An alias cannot hold the flag '-o'"],
    [['alias', 'create', 'a', "command=iam user list order-by='x"], "A quote in the argument 'command' is not closed"],
    [['alias', 'create', 'a'], "Missing required argument 'command'"],
  ])('refuses %j', async (line, error) => {
    const home = createHome();
    const { code, stderr } = await home.run(line);
    expect([code, stderr.slice(0, error.length), home.read('cli.yaml')]).toEqual([1, error, null]);
  });
});
