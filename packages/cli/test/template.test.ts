import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Field, plainField } from '@bailiwick/contract/command-table';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTemplate } from '../src/output/template/template.ts';
import { type Reply, scw } from './support/cli.ts';

function field(name: string, differing: Partial<Field> = {}): Field {
  return { ...plainField, key: name, field: name, header: name, ...differing };
}

const types = {
  Rule: [field('ID'), field('Names', { list: true, nullable: true })],
  Thing: [
    field('ID'),
    field('Name'),
    field('Nb', { type: 'integer' }),
    field('Flag', { type: 'boolean' }),
    field('Tags', { list: true }),
    field('UserID', { nullable: true }),
    field('GroupID', { nullable: true }),
    field('CreatedAt', { type: 'datetime', nullable: true }),
    field('Rules', { type: 'object', list: true, object: 'Rule' }),
    field('Scope', { type: 'object', object: 'Rule', nullable: true }),
    field('Policies', { type: 'map', list: true }),
    field('Empty', { list: true, nullable: true }),
  ],
};
const value = {
  ID: 'i"d',
  Name: 'né<&>',
  Nb: 42,
  Flag: true,
  Tags: ['a', 'b c'],
  UserID: 'u1',
  GroupID: null,
  CreatedAt: '2030-01-02T03:04:05.500Z',
  Rules: [
    { ID: 'r1', Names: ['x'] },
    { ID: 'r2', Names: null },
  ],
  Scope: null,
  Policies: { b: ['2'], a: ['1', '3'] },
  Empty: null,
};

function print(source: string): string {
  const template = readTemplate(source);
  template.check({ shape: 'object', type: 'Thing' }, types);
  return template.apply({ shape: 'object', type: 'Thing', value }, types).join('');
}

/** As Go's own text/template prints them. */
const printed: readonly (readonly [template: string, text: string])[] = [
  ['{{ .Name }} {{ .Nb }} {{ .Flag }} {{ .Tags }} {{ .UserID }}', 'né<&> 42 true [a b c] u1'],
  ['{{ .CreatedAt }}', '2030-01-02 03:04:05.5 +0000 UTC'],
  ['{{ .GroupID }} {{ .Empty }} {{ json .Empty }}', '<nil> [] null'],
  ['{{ .Policies }} {{ .Policies.a }}', 'map[a:[1 3] b:[2]] [1 3]'],
  ['{{range .Rules}}{{.ID}}:{{.Names}};{{else}}none{{end}}', 'r1:[x];r2:[];'],
  ['{{range $i, $e := .Tags}}{{$i}}={{$e}},{{end}}', '0=a,1=b c,'],
  ['{{range $e := .Tags}}{{$e}},{{end}}', 'a,b c,'],
  ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
  ['{{range $k, $v := .Policies}}{{$k}}->{{$v}} {{end}}', 'a->[1 3] b->[2] '],
  ['{{range .Tags}}{{ . }} {{ $.Nb }} {{ end }}', 'a 42 b c 42 '],
  ['{{if .Flag}}y{{else}}n{{end}} {{if eq .Nb 1}}one{{else if eq .Nb 42}}ft{{else}}no{{end}}', 'y ft'],
  ['{{with .Tags}}{{.}} {{$.Name}}{{end}}{{with .Empty}}a{{else}}b{{end}}', '[a b c] né<&>b'],
  ['{{with .Empty}}a{{else with .Tags}}{{.}}{{end}}', '[a b c]'],
  ['{{$x := .Nb}}{{range .Tags}}{{$x = len .}}{{end}}{{$x}}', '3'],
  ['{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}', '21'],
  ['a {{- .Nb -}} b', 'a42b'],
  ['a \n {{- /* c */ -}} \n b{{/* hi */}}', 'ab'],
  ['{{-3}}{{ 3}}', '-33'],
  ["{{ -4 }} {{0x1F}} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ 1.5 }} {{ 'a' }} {{ '\\n' }}", '-4 31 15 15 1000 1.5 97 10'],
  ['{{ "q\\tq\\u00e9\\x41\\"" }} {{ `raw \\n` }}', 'q\tqéA" raw \\n'],
  ['{{ (index .Rules 0).ID }} {{ (len .Tags) | printf "%d-%d" 7 | printf "%q" }}', 'r1 "7-2"'],
  ['{{ index .Policies "b" 0 }} {{ index .Tags 1 }}', '2 b c'],
  ['{{ print 1 2 "a" 3 4 true }} {{ println 1 "a" }}', '1 2a3 4 true 1 a\n'],
  ['{{ len .Name }} {{ len .Tags }} {{ len .Policies }}', '6 2 2'],
  ['{{ and 1 0 }} {{ and 1 2 }} {{ or 0 "" }} {{ or 0 5 }} {{ not .Flag }} {{not 0}}', '0 2  5 false true'],
  ['{{ eq .Name "x" "né<&>" }} {{ ne .Nb 3 }} {{ eq .GroupID nil }}', 'true true true'],
  ['{{ lt .Nb 50 }} {{ le 42 .Nb }} {{ gt "b" "a" }} {{ge "a" "b"}}', 'true true true false'],
  ['{{ json .Tags }} {{ json .Name }} {{ .Tags | json | len }}', '["a","b c"] "né\\u003c\\u0026\\u003e" 11'],
  [
    '{{ printf "%5d|%-5d|%05d|%x|%X|%o|%b|%c|%U|%+d" 42 42 42 42 42 42 42 42 42 42 }}',
    '   42|42   |00042|2a|2A|52|101010|*|U+002A|+42',
  ],
  [
    '{{ printf "%s|%10s|%-10s|%.2s|%q|%x" .Name .Name .Name .Name .ID .Name }}',
    'né<&>|     né<&>|né<&>     |né|"i\\"d"|6ec3a93c263e',
  ],
  ['{{ printf "%v %v %s %q" .Tags .Flag .Tags .Tags }}', '[a b c] true [a b c] ["a" "b c"]'],
  ['{{ printf "%d" .Name }} {{ printf "%s" .Nb }} {{ printf "%d" }}', '%!d(string=né<&>) %!s(int=42) %!d(MISSING)'],
  [
    '{{ printf "x" 1 "a" true }} {{ printf "%" }} {{printf "100%%"}}',
    'x%!(EXTRA int=1, string=a, bool=true) %!(NOVERB) 100%',
  ],
  ['{{ printf "%*d|%-*d|" 5 3 5 3 }}', '    3|3    |'],
  [
    '{{ printf "%6.2f|%e|%g|%t|%.3d|%08.3f" 3.14159 31415.9 0.5 true 7 3.5 }}',
    '  3.14|3.141590e+04|0.5|true|007|0003.500',
  ],
  ['{{ printf "%#x %#o %#q %q" 255 8 "ab" 955 }}', "0xff 010 `ab` 'λ'"],
];

/** What is refused, and where. */
const refused: readonly (readonly [template: string, error: string])[] = [
  ['{{ .Name', 'invalid template, line 1, column 1: {{ is not closed by }}'],
  ['a\n  {{ if }}x{{end}}', 'invalid template, line 2, column 9: unexpected "}}"'],
  ['{{ .Name | .ID }}', 'invalid template, line 1, column 12: what stands behind | is a function'],
  ['{{ .Name "x" }}', 'invalid template, line 1, column 10: only functions take arguments'],
  ['{{ $x }}', 'invalid template, line 1, column 4: unknown variable $x'],
  ['{{if $x := 1}}{{end}}{{$x}}', 'invalid template, line 1, column 24: unknown variable $x'],
  ['{{end}}', 'invalid template, line 1, column 3: unexpected end'],
  ['{{if true}}', 'invalid template, line 1, column 3: if has no end'],
  ['{{if true}}{{else}}', 'invalid template, line 1, column 3: if has no end'],
  ['{{range .Tags}}{{else}}{{else}}{{end}}', 'invalid template, line 1, column 26: unexpected else after else'],
  ['{{ foo }}', 'invalid template, line 1, column 4: unknown function foo'],
  ['{{ html .Name }}', 'invalid template, line 1, column 4: html is not supported'],
  ['{{define "x"}}{{end}}', 'invalid template, line 1, column 3: define is not supported'],
  ['{{ print len .Tags }}', 'invalid template, line 1, column 10: len as an argument stands in parentheses'],
  ['{{ "abc }}', 'invalid template, line 1, column 4: " is not closed'],
  ['{{ `abc }}', 'invalid template, line 1, column 4: ` is not closed'],
  ['{{ "\\z" }}', 'invalid template, line 1, column 4: \\z is no escape'],
  ["{{ 'ab' }}", 'invalid template, line 1, column 4: '],
  ['{{/* x', 'invalid template, line 1, column 1: the comment is not closed by */'],
  ['{{ 12a }}', 'invalid template, line 1, column 4: 12a is no number'],
  ['{{ 99999999999999999999 }}', 'invalid template, line 1, column 4: 99999999999999999999 is too large'],
  ['{{ .Tags.0 }}', 'invalid template, line 1, column 9: unexpected ".0", an element is found by index'],
  ['{{ ; }}', 'invalid template, line 1, column 4: unexpected ";"'],
  ['{{ nil }}', 'invalid template, line 1, column 4: nil is no value of its own'],
  ['{{ $ := 1 }}', 'invalid template, line 1, column 4: $ cannot be set'],
  ['{{ $x = 1 }}', 'invalid template, line 1, column 4: unknown variable $x'],
  ['('.repeat(100_000).replace('(', '{{('), 'invalid template, line 1, column '],
  [`{{${'('.repeat(100_000)}}}`, 'invalid template, line 1, column 103: nested too deeply'],
  ['{{if true}}'.repeat(10_000), 'invalid template, line 1, column 1103: nested too deeply'],
];

/** What cannot be for this object: the message, and where. */
const impossible: readonly (readonly [template: string, message: string, details: string])[] = [
  ['{{ .Nmae }}', "unknown field 'Nmae' in template", 'line 1, column 4'],
  ['{{ range .Rules }}{{ .Name }}{{ end }}', "unknown field 'Name' in template", 'line 1, column 22'],
  ['{{ with .Scope }}{{ .Nb }}{{ end }}', "unknown field 'Nb' in template", 'line 1, column 21'],
  ['{{ with .Scope }}{{ $.Nope }}{{ end }}', "unknown field 'Nope' in template", 'line 1, column 22'],
  ['{{ range $r := .Rules }}{{ $r.Name }}{{ end }}', "unknown field 'Name' in template", 'line 1, column 30'],
  ['{{ (index .Rules 0).Name }}', "unknown field 'Name' in template", 'line 1, column 20'],
  ['{{ .constructor }}', "unknown field 'constructor' in template", 'line 1, column 4'],
  ['{{ .__proto__ }}', "unknown field '__proto__' in template", 'line 1, column 4'],
  ['{{ .Name.length }}', '.length is asked of a text, which has no fields', 'template, line 1, column 9'],
  ['{{ .Tags.length }}', '.length is asked of a list, which has no fields', 'template, line 1, column 9'],
  ['{{ range .Nb }}{{ end }}', 'range is over a list or a map, not over a number', 'template, line 1, column 10'],
  [
    '{{ range 1000000000 }}{{ end }}',
    'range is over a list or a map, not over a number',
    'template, line 1, column 10',
  ],
  ['{{ len }}', 'len takes 1 argument, not 0', 'template, line 1, column 4'],
  ['{{ ne 1 2 3 }}', 'ne takes 2 arguments, not 3', 'template, line 1, column 4'],
  ['{{ len .Nb }}', 'len: a number has no length', 'template, line 1, column 4'],
  ['{{ eq .Nb "x" }}', 'eq: a number cannot be compared with a text', 'template, line 1, column 4'],
  ['{{ eq .Tags .Tags }}', 'eq: a list cannot be compared', 'template, line 1, column 4'],
  ['{{ lt .CreatedAt .CreatedAt }}', 'lt: a time has no order', 'template, line 1, column 4'],
  [
    '{{ index .Tags "x" }}',
    'index: the elements of a list are found by a number, not by a text',
    'template, line 1, column 4',
  ],
  ['{{ printf "%d %T" 1 .Nb }}', 'printf: %T is not supported', 'template, line 1, column 11'],
  ['{{ printf .Nb }}', 'printf: its format is a number, not a text', 'template, line 1, column 4'],
  [
    '{{ $x := .Nb }}{{ $x = .Name }}',
    '$x holds a number, and it cannot be set to a text',
    'template, line 1, column 19',
  ],
];

describe('templates', () => {
  it.each(printed)('%s', (template, text) => {
    expect(print(template)).toBe(text);
  });

  it('what is not there is null and no failure: rows differ', () => {
    expect(print('{{ .Scope.ID }} {{ index .Tags 9 }} {{ index .Tags -1 }} {{ .Policies.__proto__ }}')).toBe(
      '<nil> <nil> <nil> <nil>',
    );
    expect(print('{{ lt .GroupID "x" }} {{ gt .GroupID "x" }} {{ eq .GroupID "x" }} {{ printf "%s" .GroupID }}')).toBe(
      'false false false <nil>',
    );
  });

  it.each(refused)('%.60s is refused with its position', (template, error) => {
    expect(() => print(template)).toThrow(error);
  });

  it.each(impossible)('%s is refused before the call', (template, message, details) => {
    expect(() => print(template)).toThrow(expect.objectContaining({ message, details }));
  });

  it('a width that nobody reads does not fill the memory', () => {
    expect(print('{{ printf "%999999999d|%.999999999f|%*s" 1 1.5 999999999 "x" }}').length).toBeLessThan(40_000);
  });

  it('whatever was accepted is applied without a failure', () => {
    const operand = fc.constantFrom(
      '.',
      '.Name',
      '.Nb',
      '.Flag',
      '.Tags',
      '.UserID',
      '.GroupID',
      '.CreatedAt',
      '.Rules',
      '.Scope',
      '.Scope.ID',
      '.Policies',
      '.Policies.a',
      '.Empty',
      '$',
      '$.Rules',
      '$x',
      '1',
      '-2',
      '1.5',
      '"%d %s %q %v"',
      '"a"',
      'true',
      'nil',
      "'x'",
    );
    const { call } = fc.letrec<{ call: string }>((tie) => ({
      call: fc.oneof(
        { maxDepth: 3 },
        operand,
        fc
          .tuple(
            fc.constantFrom(
              'and',
              'or',
              'not',
              'len',
              'index',
              'json',
              'print',
              'println',
              'printf',
              'eq',
              'ne',
              'lt',
              'ge',
            ),
            fc.array(
              fc.oneof(
                operand,
                tie('call').map((inner) => `(${inner})`),
              ),
              { maxLength: 3 },
            ),
          )
          .map(([name, operands]) => [name, ...operands].join(' ')),
      ),
    }));
    const source = fc.tuple(fc.constantFrom('with', 'if', 'range', ''), call, call).map(([control, first, second]) => {
      const inner = `{{ $x := .Nb }}{{ ${second} }}`;
      return control === '' ? inner : `{{ $x := .Name }}{{ ${control} ${first} }}${inner}{{ else }}${inner}{{ end }}`;
    });
    fc.assert(
      fc.property(source, (text) => {
        const template = readTemplate.bind(null, text);
        try {
          template().check({ shape: 'object', type: 'Thing' }, types);
        } catch (failure) {
          expect((failure as Error).name).toBe('CommandError');
          return;
        }
        expect(typeof print(text)).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });

  it('whatever is typed is read or refused in words', () => {
    const pieces = fc.constantFrom(
      '{{',
      '}}',
      ' ',
      '-',
      '"',
      '`',
      "'",
      '.',
      '$x',
      ':=',
      '|',
      '(',
      ')',
      'if',
      'range',
      'end',
      'else',
      '.Name',
      '/*',
      '*/',
      '1',
      ',',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
        try {
          readTemplate(parts.join(''));
        } catch (failure) {
          expect((failure as Error).name).toBe('CommandError');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('-o template', () => {
  const groups = (): Reply => ({
    body: {
      groups: [
        { id: 'g1', name: 'a' },
        { id: 'g2', name: 'b\u001b[31m' },
      ],
      total_count: 2,
    },
  });
  const printsWith = async (words: string, template: string, setting: Parameters<typeof scw>[1] = {}) =>
    await scw([...words.split(' '), '-o', `template=${template}`], setting);

  it('is applied to each element of a list, with a line break after each', async () => {
    expect((await printsWith('iam group list', '{{ .ID }}={{ .CreatedAt }}', { reply: groups })).stdout).toBe(
      'g1=<nil>\ng2=<nil>\n',
    );
    const none = (): Reply => ({ body: { groups: [], total_count: 0 } });
    expect((await printsWith('iam group list', 'x', { reply: none })).stdout).toBe('');
  });

  it('is applied once to an object, and to each result of several bare words', async () => {
    const reply = ({ url }: { readonly url: string }): Reply => ({ body: { id: url.at(-1) } });
    expect((await printsWith('iam group get A', '{{ .ID }}', { reply })).stdout).toBe('A');
    expect((await printsWith('iam group get A B', '{{ .ID }}', { reply })).stdout).toBe('A\nB\n');
  });

  it('sees of a deletion what was deleted', async () => {
    expect(
      (await printsWith('iam user delete U', '{{ .Verb }} {{ .Resource }}{{ .Message }}{{ .Details }}')).stdout,
    ).toBe('delete user');
  });

  it.each([
    [
      '{{ .Nope }}',
      "Unknown field 'Nope' in template\n\nDetails:\nLine 1, column 4\n\nHint:\nValid fields are: ID, CreatedAt,",
    ],
    ['{{ .Name', 'Invalid template, line 1, column 1: {{ is not closed by }}\n'],
    ['', 'Cannot use a template output with an empty template\n'],
  ])('%j is refused before anything is sent', async (template, error) => {
    const { code, stdout, stderr, requests } = await printsWith('iam group list', template);
    expect([code, stdout, requests]).toEqual([1, '', []]);
    expect(stderr.slice(0, error.length)).toBe(error);
  });

  it('nothing is deleted when the template is wrong', async () => {
    const { code, stderr, requests } = await printsWith('iam user delete U', '{{ .Name }}');
    expect([code, requests]).toEqual([1, []]);
    expect(stderr).toContain('Valid fields are: Message, Details, Resource, Verb');
  });

  it('data do not command a terminal, and reach other programs unchanged', async () => {
    const terminal = { columns: 80 };
    expect((await printsWith('iam group list', '{{ .Name }}', { reply: groups, terminal })).stdout).toBe(
      'a\nb\\u001b[31m\n',
    );
    expect((await printsWith('iam group list', '{{ .Name }}', { reply: groups })).stdout).toBe('a\nb\u001b[31m\n');
  });
});

it('the examples of docs/cli.md print what stands beside them', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
  const policy = {
    id: 'P1',
    name: 'readers',
    tags: ['red', 'blue'],
    nb_rules: 2,
    user_id: 'U1',
    editable: true,
    created_at: '2030-01-01T00:00:00Z',
  };
  const rows = [...page.matchAll(/^\| `(\{\{.*?)` \| `(.*?)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(8);
  for (const [, template = '', text] of rows) {
    const line = ['iam', 'policy', 'list', '-o', `template=${template.replaceAll('\\|', '|')}`];
    const { stdout, stderr } = await scw(line, { reply: () => ({ body: { policies: [policy], total_count: 1 } }) });
    expect([template, stderr, stdout]).toEqual([template, '', `${text?.replaceAll('\\|', '|')}\n`]);
  }
});
