import type { CommandTable, Output } from '@bailiwick/contract/command-table';
import table from '@bailiwick/contract/commands.json' with { type: 'json' };
import { type AnyCommand, isOwn, programOf } from '../../src/own/program.ts';
import { version } from '../../src/version.ts';
import { type Outcome, type Reply, type Setting, scw } from './cli.ts';
import { ownScenesOf } from './own-scenes.ts';
import { sampleService } from './sample-service.ts';
import { idOf } from './samples.ts';
import type { Scene } from './scene.ts';

const contract = table as CommandTable;
const program = programOf(contract);

/** All commands, by the name of the file that keeps what they print. */
export function goldenCommands(): ReadonlyMap<string, AnyCommand> {
  return new Map(program.commands.map((command) => [command.words.join('-'), command]));
}

/** All that a command prints, as a page to be read. */
export async function goldenPage(command: AnyCommand): Promise<string> {
  const parts: string[] = [];
  for (const scene of scenesOf(command)) parts.push(await play(command, scene));
  return parts.join('\n');
}

async function play(command: AnyCommand, scene: Scene): Promise<string> {
  const { about, words = [], style = 'ordinary', rows = 3, width, reply, files, env, stdin } = scene;
  const line = [...command.words, ...(isOwn(command) ? [] : argumentsOf(command)), ...words];
  const setting: Setting = {
    reply: reply ?? sampleService(contract, style, rows),
    files: files ?? { '.ssh/id_ed25519.pub': 'ssh-ed25519 AAAAC3Nz9 me@here\n' },
    isInside: isOwn(command),
    ...(env !== undefined && { env }),
    ...(stdin !== undefined && { stdin }),
    ...(width !== undefined && { terminal: { columns: width } }),
  };
  const outcome = await scw(line, setting);
  return `$ ${['scw', ...line.map(quoted)].join(' ')}  (${about})\n${textOf(outcome, scene.showsColours ?? false)}`;
}

/** Standard error is marked, so is what is no line. */
function textOf({ code, stdout, stderr }: Outcome, showsColours: boolean): string {
  const shown = (text: string) => readable(text, showsColours);
  const end = stdout === '' || stdout.endsWith('\n') ? '' : '\n(no line break at the end)\n';
  const errors = shown(stderr)
    .replace(/^(?=.)/gm, '! ')
    .replace(/^(?=\n)/gm, '!');
  return `${shown(stdout)}${end}${stderr === '' ? '' : errors}${code === 0 ? '' : `(exit ${code})\n`}`;
}

/** Our colours are left out or named; every other control character stands as a picture of itself. */
function readable(text: string, showsColours: boolean): string {
  const names: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 34: 'blue' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const colours = /\u001b\[(1|2|31|32|34)m([^\u001b]*)\u001b\[(?:22|39)m/g;
  const plain = text.replace(colours, (_match, code: string, inner: string) =>
    showsColours ? `{${names[code]} ${inner}}` : inner,
  );
  return (
    plain
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0009\u000b-\u001f]/g, (one) => String.fromCodePoint(0x2400 + one.charCodeAt(0)))
      .replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (one) => `⟨${one.charCodeAt(0).toString(16)}⟩`)
      .replaceAll(process.version, 'v24.0.0')
      .replaceAll(process.platform, 'linux')
      .replace(new RegExp(`\\b${process.arch}\\b`, 'g'), 'x64')
      .replaceAll(version, '0.0.0')
  );
}

function quoted(word: string): string {
  return /^[\w=.:@/,-]+$/.test(word) ? word : `'${word}'`;
}

/** The least that the command asks for. */
function argumentsOf(command: AnyCommand): readonly string[] {
  const { positional, arguments: all, words } = command;
  const typed = all
    .filter(({ required, name, generated, list }) => required && name !== positional && generated === null && !list)
    .map(
      ({ name }) => `${name}=${name.endsWith('-id') ? idOf(0) : name === 'public-key' ? 'ssh-ed25519 AAAA' : 'secret'}`,
    );
  const more = words.join(' ') === 'iam rule delete' ? [`rule-id=${idOf(1)}`] : [];
  return [...(positional === null ? [] : [bareWord(command)]), ...typed, ...more];
}

function bareWord({ positional }: AnyCommand): string {
  return positional === 'permission' ? 'iam:user:list' : positional === 'access-key' ? 'SCWEXAMPLEEXAMPLE001' : idOf(0);
}

function scenesOf(command: AnyCommand): readonly Scene[] {
  const { output } = command;
  if (isOwn(command)) return ownScenesOf(command, ['-o', templateOf(output)]);
  return [
    ...[60, 80, 200].map((width) => ({ about: `width ${width}`, width })),
    { about: 'width 200, with colours', width: 200, showsColours: true },
    { about: 'no terminal' },
    { about: 'width 60', words: ['-o', 'wide'], width: 60 },
    ...formats(output).map((words) => ({ about: 'no terminal', rows: 2, words })),
    { about: 'no terminal', rows: 2, words: ['-o', 'json=pretty'] },
    ...(output.shape === 'list' ? listScenes(output) : []),
    ...difficultScenes(output),
    ...emptyScenes(output),
    ...(command.positional === null ? [] : severalScenes(output, bareWord(command))),
    ...errorScenes(command),
  ];
}

function formats(output: Output): readonly (readonly string[])[] {
  return [...['json', 'yaml', 'csv'].map((format) => ['-o', format]), ['-o', templateOf(output)]];
}

/** The first fields, the first list and the first time. */
function templateOf(output: Output): string {
  if (output.shape === 'text') return 'template={{ . }}';
  if (output.shape === 'success') return 'template={{ .Verb }} {{ .Resource }}{{ .Message }}';
  const fields = program.types[output.type] ?? [];
  const simple = fields.filter(({ type, list }) => !list && ['string', 'enum', 'boolean', 'integer'].includes(type));
  const list = fields.find((field) => field.list && field.type !== 'map');
  const time = fields.find(({ type }) => type === 'datetime');
  const parts = [
    simple
      .slice(0, 3)
      .map(({ field }) => `{{ .${field} }}`)
      .join(' '),
    ...(time ? [`{{ .${time.field} }}`] : []),
    ...(list ? [`{{ range .${list.field} }}[{{ . }}]{{ else }}none{{ end }}`] : []),
  ];
  return `template=${parts.join(' ').trim()}`;
}

function listScenes(output: Output & { readonly shape: 'list' }): readonly Scene[] {
  const names = (program.types[output.type] ?? []).map(({ field }) => field).slice(0, 2);
  return [
    { about: 'chosen columns', words: ['-o', `human=${names.toReversed().join(',')}`] },
    { about: 'chosen columns', words: ['-o', `csv=${names.toReversed().join(',')}`] },
    { about: 'one', rows: 1, width: 200 },
    { about: 'one', rows: 1, words: ['-o', 'json'] },
    { about: 'many, width 80', rows: 12, width: 80 },
    ...[[], ['-o', 'json'], ['-o', 'yaml'], ['-o', 'csv'], ['-o', templateOf(output)]].map((words) => ({
      about: 'none',
      words,
      rows: 0,
    })),
  ];
}

function difficultScenes(output: Output): readonly Scene[] {
  if (output.shape !== 'list' && output.shape !== 'object') return [];
  return [
    { about: 'long and wide characters, width 80', style: 'difficult', width: 80 },
    { about: 'long and wide characters, no terminal', style: 'difficult' },
    ...formats(output).map((words) => ({ about: 'long and wide characters', style: 'difficult' as const, words })),
    { about: 'long and wide characters, width 80', style: 'difficult', width: 80, words: ['-o', templateOf(output)] },
  ];
}

function emptyScenes(output: Output): readonly Scene[] {
  if (output.shape !== 'list' && output.shape !== 'object') return [];
  return [[], ...formats(output)].map((words) => ({ about: 'empty values', style: 'empty', rows: 1, words }));
}

function severalScenes(output: Output, first: string): readonly Scene[] {
  const words = [first === 'iam:user:list' ? 'iam:group:list' : first.replace(/1$/, '2')];
  return [
    { about: 'several, width 80', words, width: 80 },
    { about: 'several', words: [...words, '-o', 'json'] },
    { about: 'several', words: [...words, '-o', 'yaml'] },
    { about: 'several', words: [...words, '-o', templateOf(output)] },
  ];
}

function errorScenes(command: AnyCommand): readonly Scene[] {
  const reply = () => errorOf(command);
  return ['human', 'json', 'json=pretty', 'yaml', 'csv'].flatMap((format) => {
    if (format === 'csv' && command.output.shape !== 'list') return [];
    return [{ about: 'error', words: ['-o', format], reply }];
  });
}

function errorOf({ words, positional }: AnyCommand): Reply {
  const verb = words.at(-1) ?? '';
  const resource = (words[1] ?? '').replaceAll('-', '_');
  if (['list', 'check', 'explain', 'who-can', 'what-can', 'init'].includes(verb)) {
    return { status: 403, body: { type: 'permissions_denied', details: [{ resource, action: 'read' }] } };
  }
  if (verb === 'create' || positional === null) {
    const details = [
      { argument_name: 'name', reason: 'constraint', help_message: 'At most 64 characters' },
      { argument_name: 'tags', reason: 'format', help_message: '' },
    ];
    return { status: 400, body: { type: 'invalid_arguments', message: 'invalid argument(s)', details } };
  }
  return { status: 404, body: { type: 'not_found', resource, resource_id: idOf(0) } };
}
