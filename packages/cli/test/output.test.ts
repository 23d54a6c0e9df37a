import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { relativeTime } from '../src/output/relative-time.ts';
import { toYaml } from '../src/output/yaml.ts';
import { now, type Reply, scw } from './support/cli.ts';

const group = {
  surprise: 1,
  name: 'admin',
  id: '0c0ffee0-0000-4000-8000-000000000001',
  description: '',
  user_ids: ['u1', 'u2'],
  application_ids: [],
  created_at: '2026-01-28T12:30:45.120Z',
  editable: true,
};
const groups = (): Reply => ({ body: { groups: [group], total_count: 1 } });

describe('tables', () => {
  it('have the columns of the command, padded', async () => {
    expect((await scw('iam group list', { reply: groups })).stdout).toBe(
      `ID                                    NAME   USER IDS  APPLICATION IDS
0c0ffee0-0000-4000-8000-000000000001  admin  [u1 u2]   []
`,
    );
  });

  it('have the columns that are asked for', async () => {
    expect((await scw('iam group list -o human=Name,CreatedAt,UserIDs.0,Description', { reply: groups })).stdout).toBe(
      'NAME   CREATED AT  USER IDS0  DESCRIPTION\nadmin  3 days ago  u1         -\n',
    );
  });

  it('lose columns from the right on a narrow terminal, never the first, and none when wide', async () => {
    const at = async (columns: number, format: string) => {
      const { stdout } = await scw(`iam group list -o ${format}`, { reply: groups, terminal: { columns } });
      return stripVTControlCharacters(stdout).split('\n')[0]?.trimEnd();
    };
    expect(await at(50, 'human')).toBe('ID                                    NAME');
    expect(await at(10, 'human')).toBe('ID');
    expect(await at(10, 'wide')).toContain('APPLICATION IDS');
  });

  it('take the width of standard error, and are cut on coloured terminals only', async () => {
    const headings = async (setting: Parameters<typeof scw>[1]) => {
      const { stdout } = await scw('iam group list', { reply: groups, ...setting });
      return stripVTControlCharacters(stdout).split('\n')[0]?.trimEnd();
    };
    expect(await headings({ terminal: { columns: 50, stdoutColumns: 200 } })).not.toContain('USER IDS');
    expect(await headings({ terminal: { columns: 200, stdoutColumns: 50 } })).toContain('APPLICATION IDS');
    expect(await headings({ terminal: { columns: 50 }, env: { NO_COLOR: '1' } })).toContain('APPLICATION IDS');
  });

  it('have a column for SRNs only where the service sends one', async () => {
    const withSrn = (srn?: string) => (): Reply => ({ body: { users: [{ id: 'u', srn }], total_count: 1 } });
    expect((await scw('iam user list', { reply: withSrn() })).stdout).not.toContain('SRN');
    expect((await scw('iam user list', { reply: withSrn('srn://u') })).stdout).toContain('SRN');
  });

  it('count wide characters and show line breaks and terminal commands', async () => {
    const reply = (): Reply => ({
      body: {
        groups: [
          { name: '日本\n\u001b[31m', id: 'x' },
          { name: 'a', id: 'y' },
        ],
        total_count: 2,
      },
    });
    expect((await scw('iam group list -o human=Name,ID', { reply })).stdout).toBe(
      'NAME              ID\n日本\\n\\u001b[31m  x\na                 y\n',
    );
  });

  it('are coloured on terminals only, and not where NO_COLOR or TERM say so', async () => {
    const reply = (): Reply => ({ body: { logs: [{ action: 'created', id: 'x' }], total_count: 1 } });
    const line = 'iam log list -o human=Action';
    const terminal = { columns: 80 };
    expect((await scw(line, { reply, terminal })).stdout).toContain('\u001b[32mcreated\u001b[39m');
    for (const setting of [{}, { terminal, env: { NO_COLOR: '1' } }, { terminal, env: { TERM: 'dumb' } }]) {
      expect((await scw(line, { reply, ...setting })).stdout).toBe('ACTION\ncreated\n');
    }
  });
});

describe('details', () => {
  it('have a line for each value; what is null has none', async () => {
    expect((await scw('iam group get G', { reply: () => ({ body: group }) })).stdout).toBe(
      `ID               0c0ffee0-0000-4000-8000-000000000001
CreatedAt        3 days ago
OrganizationID   -
Name             admin
Description      -
UserIDs.0        u1
UserIDs.1        u2
Editable         true
Deletable        false
Managed          false
AllUsers         false
AllApplications  false
`,
    );
  });

  it('durations are told in words', async () => {
    const body = { max_login_session_duration: '93784s', grace_period_duration: '0s' };
    const { stdout } = await scw('iam security-settings get', { reply: () => ({ body }) });
    expect(stdout).toContain('MaxLoginSessionDuration    1 day 2 hours 3 minutes 4 seconds\n');
    expect(stdout).toContain('GracePeriodDuration        0 seconds\n');
  });
});

describe('JSON and YAML', () => {
  it('rebuild an object: fixed order, nothing unknown, a value for what is missing', async () => {
    const { stdout } = await scw('iam group get G -o json', { reply: () => ({ body: group }) });
    expect(stdout).toBe(
      '{"id":"0c0ffee0-0000-4000-8000-000000000001","created_at":"2026-01-28T12:30:45.12Z","updated_at":null,' +
        '"organization_id":"","name":"admin","description":"","user_ids":["u1","u2"],"application_ids":[],"tags":null,' +
        '"editable":true,"deletable":false,"managed":false,"all_users":false,"all_applications":false}\n',
    );
  });

  it('durations are seconds with nine decimals', async () => {
    const reply = (): Reply => ({ body: { max_login_session_duration: '5400s' } });
    const { stdout } = await scw('iam security-settings get -o json', { reply });
    expect(JSON.parse(stdout)).toMatchObject({
      max_login_session_duration: '5400.000000000s',
      grace_period_duration: null,
    });
  });

  it('JSON escapes what HTML would read, and is indented on demand', async () => {
    const reply = (): Reply => ({ body: { ...group, name: '<&>' } });
    expect((await scw('iam group get G -o json', { reply })).stdout).toContain('"name":"\\u003c\\u0026\\u003e"');
    expect((await scw('iam group get G -o json=pretty', { reply })).stdout).toContain('\n  "name": ');
  });

  it('YAML has its keys in order, lists level with their key and times in quotes', async () => {
    const reply = (): Reply => ({ body: { ...group, name: 'yes' } });
    expect((await scw('iam group get G -o yaml', { reply })).stdout).toBe(
      `all_applications: false
all_users: false
application_ids: []
created_at: "2026-01-28T12:30:45.12Z"
deletable: false
description: ""
editable: true
id: 0c0ffee0-0000-4000-8000-000000000001
managed: false
name: "yes"
organization_id: ""
tags: null
updated_at: null
user_ids:
- u1
- u2
`,
    );
  });

  it('YAML reads back as what it was, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), async (texts) => {
        expect(parse(await toYaml(texts), { version: '1.1' })).toEqual(texts);
      }),
    );
  });

  it('a bad time for one does not lose the other', async () => {
    const reply = (): Reply => ({ body: { rules: [{ id: 'r' }] } });
    expect((await scw('iam rule update P -o json', { reply })).stdout).toMatch(/^\{"rules":\[\{"id":"r"/);
  });
});

describe('CSV', () => {
  const difficult = [
    '=1+1',
    '+1',
    '@x',
    '-',
    'a,"b"',
    'two\nlines',
    'two\r\nlines',
    ' blanks ',
    '日本',
    '',
    '\u001b[31m',
  ];
  const reply = (): Reply => ({
    body: { groups: difficult.map((name) => ({ ...group, name })), total_count: difficult.length },
  });

  it('is a heading and a row for each element, values as in JSON', async () => {
    expect((await scw('iam group list -o csv', { reply: groups })).stdout).toBe(
      'ID,CreatedAt,UpdatedAt,OrganizationID,Name,Description,UserIDs,ApplicationIDs,Tags,Editable,Deletable,Managed,AllUsers,AllApplications,Srn\r\n' +
        '0c0ffee0-0000-4000-8000-000000000001,2026-01-28T12:30:45.12Z,,,admin,,"[""u1"",""u2""]",[],,true,false,false,false,false,\r\n',
    );
    expect((await scw('iam group list -o csv=UserIDs.1,Name', { reply: groups })).stdout).toBe(
      'UserIDs.1,Name\r\nu2,admin\r\n',
    );
  });

  it('an object is one row, so is each of several', async () => {
    const one = (): Reply => ({ body: group });
    expect((await scw('iam group get G -o csv=Name', { reply: one })).stdout).toBe('Name\r\nadmin\r\n');
    expect((await scw('iam group get G H -o csv=Name', { reply: one })).stdout).toBe('Name\r\nadmin\r\nadmin\r\n');
  });

  it('nothing found is the heading', async () => {
    const none = (): Reply => ({ body: { groups: [], total_count: 0 } });
    expect((await scw('iam group list -o csv=ID,Name', { reply: none })).stdout).toBe('ID,Name\r\n');
  });

  it('values come back as they were, formulas of spreadsheets too', async () => {
    const { stdout } = await scw('iam group list -o csv=Name,ID', { reply });
    expect(
      readCsv(stdout)
        .slice(1)
        .map(([name]) => name),
    ).toEqual(difficult);
  });

  it('does not command a terminal', async () => {
    const { stdout } = await scw('iam group list -o csv=Name', { reply, terminal: { columns: 80 } });
    expect(stdout).toContain('\\u001b[31m');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    ['iam user delete U -o csv', 'CSV output is only supported for commands that return a list or an object\n'],
    [
      'iam group list -o csv=Name,Nope',
      "Unknown field 'Nope' in output options\n\nHint:\nValid fields are: ID, CreatedAt,",
    ],
    ['iam group list -o csv=constructor', "Unknown field 'constructor' in output options\n"],
    ['iam group list -o human=__proto__', "Unknown field '__proto__' in output options\n"],
    ['account project list -o human=Qualification', "Unknown field 'Qualification' in output options\n"],
  ])('%s is refused before anything is sent', async (line, error) => {
    const { code, stdout, stderr, requests } = await scw(line);
    expect([code, stdout, requests]).toEqual([1, '', []]);
    expect(stderr.slice(0, error.length)).toBe(error);
  });
});

/** RFC 4180, read the plain way. */
function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('terminals', () => {
  const name = 'a\u001b]0;title\u0007\u009b31m\u007f';
  const reply = (): Reply => ({ body: { ...group, name, groups: [{ ...group, name }], total_count: 1 } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const obeyed = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

  it.each(['human', 'wide', 'json', 'json=pretty', 'yaml', 'csv', 'template={{.Name}}'])(
    'obey nothing of what the service sends, in %s',
    async (format) => {
      for (const line of ['iam group list', 'iam group get G']) {
        const setting = { reply, terminal: { columns: 200 } };
        const { stdout } = await scw([...line.split(' '), '-o', format], setting);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
        expect(stdout.replace(/\u001b\[\d+m/g, '')).not.toMatch(obeyed);
        expect(stdout).toContain('a\\');
      }
    },
  );

  it('obey nothing of what an error repeats', async () => {
    const setting = { terminal: { columns: 80 } };
    const { stderr } = await scw(['iam', 'user', 'get', 'U', 'foo\u001b[2J=x'], setting);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
    expect(stderr.replace(/\u001b\[\d+m/g, '')).not.toMatch(obeyed);
  });
});

describe('a bar on standard error', () => {
  const pages = ({ url }: { readonly url: string }): Reply => ({
    body: { groups: [{ id: new URL(url, 'http://x').searchParams.get('page') }], total_count: 4 },
  });
  /** A second passes each time it is asked. */
  const slowly = () => {
    let asked = 0;
    return () => {
      asked += 1;
      return now + asked * 1000;
    };
  };
  const barOf = (written: readonly (readonly [string, string])[]) =>
    written.filter(([stream]) => stream === 'stderr').map(([, text]) => text);

  it('tells how far a slow list is, and is gone before the list is printed', async () => {
    const setting = { reply: pages, clock: slowly(), terminal: { columns: 80 } };
    const { written } = await scw('iam group list -o human=ID', setting);
    const bars = barOf(written);
    expect(bars.some((text) => /\[#+\.*\] \d of 4$/.test(text))).toBe(true);
    expect(bars.at(-1)).toBe('\r\u001b[K');
    expect(written.at(-1)?.[0]).toBe('stdout');
  });

  it('tells how many of several are done', async () => {
    const setting = { clock: slowly(), terminal: { columns: 80 } };
    const { written } = await scw('iam user delete A B C D E F', setting);
    expect(barOf(written).some((text) => /\] \d of 6$/.test(text))).toBe(true);
    // Nothing is printed behind a bar.
    for (const [index, [stream]] of written.entries()) {
      if (stream === 'stdout') expect(written[index - 1]?.[1] ?? '').not.toContain(' of 6');
    }
  });

  it('is not there on what is no terminal, nor for what is quick', async () => {
    expect((await scw('iam group list', { reply: pages, clock: slowly() })).stderr).toBe('');
    expect((await scw('iam user delete A B C', { clock: slowly() })).stderr).toBe('');
    expect((await scw('iam group list', { reply: pages, terminal: { columns: 80 } })).stderr).toBe('');
  });
});

describe('relative times', () => {
  const day = 86_400;
  it.each([
    [0, 'now'],
    [0.9, 'now'],
    [1, '1 second ago'],
    [59, '59 seconds ago'],
    [60, '1 minute ago'],
    [3599, '59 minutes ago'],
    [3600, '1 hour ago'],
    [day - 1, '23 hours ago'],
    [day, '1 day ago'],
    [7 * day - 1, '6 days ago'],
    [7 * day, '1 week ago'],
    [14 * day, '2 weeks ago'],
    [30 * day - 1, '4 weeks ago'],
    [30 * day, '1 month ago'],
    [60 * day, '2 months ago'],
    [360 * day - 1, '11 months ago'],
    [360 * day, '1 year ago'],
    [540 * day, '2 years ago'],
    [720 * day, '2 years ago'],
    [36 * 360 * day, '36 years ago'],
    [37 * 360 * day, 'a long while ago'],
    [-3600, '1 hour from now'],
  ])('%d seconds before now is %s', (seconds, text) => {
    expect(relativeTime(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
  });
});
