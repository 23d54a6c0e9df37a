import {
  type Argument,
  type CommandGroup,
  type CommandTable,
  type Field,
  type Output,
  plainArgument,
  plainField,
} from '@bailiwick/contract/command-table';
import { columnHeader, fieldName } from '@bailiwick/contract/go-names';
import { keys } from '../client/settings.ts';
import type { OwnCommand, OwnFlag } from './command.ts';

const regions = ['fr-par', 'nl-ams', 'pl-waw', 'it-mil'] as const;
const zones = regions.flatMap((region) => [1, 2, 3].map((number) => `${region}-${number}`));

/** The keys of a profile that may be set, as typed. */
const settings: readonly Argument[] = [
  argument('access-key', 'Access key'),
  argument('secret-key', 'Secret key'),
  argument('api-url', 'Address of the API, without a slash at its end'),
  argument('insecure', 'Do not check TLS certificates', { type: 'boolean' }),
  argument('default-organization-id', 'Organization of calls that name none'),
  argument('default-project-id', 'Project of calls that name none'),
  argument('default-region', 'Kept for other programs that read the file', { type: 'enum', enum: regions }),
  argument('default-zone', 'Kept for other programs that read the file', { type: 'enum', enum: zones }),
  argument('send-telemetry', 'Kept for other programs that read the file; nothing is sent', { type: 'boolean' }),
  argument('s3-endpoint', 'Kept for other programs that read the file', { hidden: true }),
  argument('s3-use-path-style', 'Kept for other programs that read the file', { type: 'boolean', hidden: true }),
  argument('user-agent', 'Replaces the whole User-Agent of calls', { hidden: true }),
];

const settingKey = argument('key', 'Key of the profile', {
  type: 'enum',
  enum: settings.map(({ name }) => name),
  required: true,
});
const showSecret = argument('show-secret', 'Show secrets in clear', { type: 'boolean', default: 'false' });
/** No enum: any other shell is refused in words of its own, whether it is typed or stands in SHELL. */
const shell = argument('shell', 'Shell to complete in: bash, zsh or fish; taken from SHELL when absent');
const organizationId = argument('organization-id', 'Organization; the one of the configuration when absent', {
  uuid: true,
});
const ownAccess = argument('own-access', 'Also do what takes away or changes your own access', {
  type: 'boolean',
  default: 'false',
});
const basename = argument('basename', 'Name under which the program is started', { default: 'scw' });

const file = (summary: string): OwnFlag => ({ name: 'file', short: 'f', value: 'path', summary });
const yes: OwnFlag = { name: 'yes', short: 'y', value: null, summary: 'Do it without asking' };
const prune: OwnFlag = {
  name: 'prune',
  short: null,
  value: null,
  summary: 'Also delete what the file does not hold',
};

export const ownGroups: readonly CommandGroup[] = [
  { words: ['alias'], summary: 'Words of your own for commands', heading: 'configuration' },
  { words: ['autocomplete'], summary: 'Completion in bash, zsh and fish', heading: 'utility' },
  { words: ['config'], summary: 'The configuration file and its profiles', heading: 'configuration' },
  { words: ['config', 'profile'], summary: 'Named settings in the configuration file', heading: 'configuration' },
  { words: ['help'], summary: 'Help about a command or a topic', heading: 'utility' },
];

export const ownTypes: CommandTable['types'] = {
  Alias: [field('alias'), field('command')],
  ConfigInfo: [
    field('config_path', { key: 'ConfigPath' }),
    field('profile_name', { key: 'ProfileName' }),
    field('profile', { key: 'Profile', type: 'object', object: 'ProfileSettings' }),
  ],
  ApplyChange: [
    field('action'),
    field('kind'),
    field('name'),
    field('id'),
    field('outcome'),
    field('fields', { type: 'object', object: 'ApplyField', list: true }),
  ],
  ApplyField: [field('field'), field('old', { list: true }), field('new', { list: true })],
  ApplyReport: [
    field('applied', { type: 'boolean' }),
    field('created', { type: 'integer' }),
    field('changed', { type: 'integer' }),
    field('deleted', { type: 'integer' }),
    field('changes', { type: 'object', object: 'ApplyChange', list: true }),
  ],
  BuildInfo: [field('runtime'), field('os', { field: 'OS' }), field('arch'), field('version')],
  Info: [
    field('build_info', { type: 'object', object: 'BuildInfo', column: false }),
    field('settings', { type: 'object', object: 'Setting', list: true }),
  ],
  LogFault: [field('entry', { type: 'integer', nullable: true }), field('problem')],
  LogVerification: [
    field('verified', { type: 'boolean' }),
    field('organization_id'),
    field('entries', { type: 'integer' }),
    field('adopted', { type: 'integer' }),
    field('removed', { type: 'integer' }),
    field('verified_before', { type: 'integer' }),
    field('root_hash'),
    field('signed_at', { type: 'datetime' }),
    field('key_id'),
    field('faults', { type: 'object', object: 'LogFault', list: true, column: false }),
  ],
  Profile: [
    field('name'),
    field('default_zone'),
    field('default_region'),
    field('default_project_id'),
    field('default_organization_id'),
    field('api_url'),
  ],
  ProfileSettings: keys.map((key) => field(key, { nullable: true })),
  Setting: [field('key'), field('value'), field('origin')],
  Version: [field('runtime'), field('os'), field('arch'), field('version')],
};

const text: Output = { shape: 'text' };
const aliasChanged: Output = { shape: 'success', noun: 'Alias' };
const changed: Output = { shape: 'success', noun: 'Configuration' };

export const ownCommands: readonly OwnCommand[] = [
  own('alias create', 'Give a command a word of your own', {
    notes: ['The word is replaced wherever it stands in a line, values after = excepted.'],
    examples: [{ title: 'A short word for a list', line: 'scw alias create ipl command="iam policy list"' }],
    positional: 'alias',
    arguments: [
      argument('alias', 'The word', { required: true }),
      argument('command', 'What it stands for', { required: true }),
    ],
    output: aliasChanged,
    seeAlso: ['scw alias list', 'scw alias delete'],
  }),
  own('alias delete', 'Take an alias away', {
    positional: 'alias',
    arguments: [argument('alias', 'The word', { required: true })],
    output: aliasChanged,
    seeAlso: ['scw alias list'],
  }),
  own('alias list', 'List your aliases', {
    arguments: [
      argument('order-by', 'Order', {
        type: 'enum',
        enum: ['command_asc', 'command_desc', 'alias_asc', 'alias_desc'],
        default: 'command_asc',
      }),
      argument('command', 'Only those whose command holds this'),
      argument('alias', 'Only those whose word holds this'),
    ],
    output: { shape: 'list', type: 'Alias', items: '', columns: null },
    seeAlso: ['scw alias create'],
  }),
  own('autocomplete install', 'Set up completion in your shell', {
    notes: ['Shows the lines and the file they go to, and asks before it writes.'],
    arguments: [shell, basename],
    output: { shape: 'success', noun: 'Completion' },
    seeAlso: ['scw autocomplete script'],
  }),
  own('autocomplete script', 'Print the lines that set up completion', {
    examples: [{ title: 'Completion in this bash only', line: 'eval "$(scw autocomplete script shell=bash)"' }],
    arguments: [shell, basename],
    output: text,
    seeAlso: ['scw autocomplete install'],
  }),
  own('config destroy', 'Delete the configuration file', configuration({ output: changed })),
  own('config dump', 'Show the configuration file', configuration({ arguments: [showSecret], output: text })),
  own('config edit', 'Open the configuration file in your editor', configuration({ output: changed })),
  own(
    'config get',
    'Show one setting of the profile',
    configuration({
      examples: [
        { title: 'The organization of this profile', line: 'scw config get default-organization-id' },
        { title: 'The address that another profile calls', line: 'scw -p staging config get api-url' },
      ],
      positional: 'key',
      arguments: [settingKey, showSecret],
      takesUnderscores: true,
      output: text,
    }),
  ),
  own(
    'config import',
    'Lay another configuration file over this one',
    configuration({
      notes: [
        'Its root is laid over the root, its profiles over the profiles of the same name. The active profile stays.',
      ],
      positional: 'file',
      arguments: [argument('file', 'Path of the other file', { required: true })],
      output: changed,
    }),
  ),
  own(
    'config info',
    'Show what is in force, the environment included',
    configuration({ arguments: [showSecret], output: { shape: 'object', type: 'ConfigInfo' } }),
  ),
  own(
    'config profile activate',
    'Use a profile where none is named',
    configuration({
      positional: 'profile-name',
      arguments: [argument('profile-name', 'Name of the profile', { required: true })],
      output: changed,
    }),
  ),
  own(
    'config profile delete',
    'Delete a profile',
    configuration({
      positional: 'name',
      arguments: [argument('name', 'Name of the profile', { required: true })],
      output: changed,
    }),
  ),
  own(
    'config profile list',
    'List the profiles',
    configuration({ output: { shape: 'list', type: 'Profile', items: '', columns: null } }),
  ),
  own('config reset', 'Empty the configuration file', configuration({ output: changed })),
  own(
    'config set',
    'Change settings of the profile',
    configuration({
      examples: [
        { title: 'Where calls go', line: 'scw config set api-url=http://127.0.0.1:8080' },
        {
          title: 'A profile of its own for another organization',
          line: 'scw -p staging config set default-organization-id=0c0ffee0-0000-4000-8000-00000000000a',
        },
      ],
      arguments: settings,
      takesUnderscores: true,
      output: changed,
    }),
  ),
  own(
    'config unset',
    'Take a setting out of the profile',
    configuration({ positional: 'key', arguments: [settingKey], takesUnderscores: true, output: changed }),
  ),
  own('config validate', 'Check every profile of the configuration file', configuration({ output: changed })),
  own('help date', 'Times and durations as arguments', {
    heading: 'utility',
    output: text,
    notes: [
      'A time is RFC 3339: 2030-01-02T03:04:05Z, also with an offset such as +02:00.',
      'Or it is relative to now: one or more numbers with a unit, each with a sign that holds until the next one.',
      'Without a sign it lies ahead.',
      '',
      '  +30d      in 30 days',
      '  -1h       an hour ago',
      '  +1y2mo    in a year and two months',
      '  +1d-2h    in 22 hours',
      '',
      'Units, each also spelled out: ns, us, ms, s, m (min), h, d, w, mo, y. Months and years follow the calendar.',
      '',
      'A duration is a length of time, without days: 90s, 1h30m, 240h. Its units are ns, us, ms, s, m and h.',
    ],
  }),
  own('help output', 'Formats of what is printed', {
    heading: 'utility',
    output: text,
    notes: [
      '  -o human            tables and details, the default',
      '  -o human=Name,ID    a table with these columns',
      '  -o wide             the same as human, never cut to the width of the terminal',
      '  -o json             one line; json=pretty is indented',
      '  -o yaml             YAML',
      '  -o csv              a heading and a line for each row; csv=Name,ID chooses columns',
      '  -o template=TEXT    a Go template for each row: template="{{ .ID }} {{ .Name }}"',
      '',
      'Columns and fields of templates are the names that human details show: ID, CreatedAt, Tags.0.',
      'Templates know fields, variables, pipelines, range, if, with, and the functions json, printf, print, println,',
      'len, index, and, or, not, eq, ne, lt, le, gt, ge. Names are checked before anything is sent.',
      '',
      'The key "output" in cli.yaml sets the format where -o is not typed.',
    ],
  }),
  own('iam apply', 'Make an organization what a file says', {
    notes: [
      'Compares the file with the organization, shows what would be created, changed and deleted, and does it after a',
      'yes. What the file does not hold stays, unless --prune is given. Applying the same file again changes nothing.',
    ],
    examples: [
      { title: 'See the plan, then say yes', line: 'scw iam apply -f organization.yaml' },
      {
        title: 'In a pipeline, deleting what is no longer in the file',
        line: 'scw iam apply -f organization.yaml --prune --yes',
      },
    ],
    flags: [file('The file, - for standard input'), prune, yes],
    needsCredentials: true,
    arguments: [organizationId, ownAccess],
    output: { shape: 'object', type: 'ApplyReport' },
    seeAlso: ['scw iam export'],
  }),
  own('iam export', 'Write an organization as a file', {
    notes: ['Projects, applications, groups, memberships and policies, by name. Secrets are never part of it.'],
    examples: [{ title: 'Keep an organization in a repository', line: 'scw iam export > organization.yaml' }],
    flags: [file('Write to this file instead of standard output')],
    needsCredentials: true,
    arguments: [organizationId],
    output: text,
    seeAlso: ['scw iam apply'],
  }),
  own('iam log verify', 'Verify that the log is what was signed', {
    notes: [
      'Fetches all entries, recomputes their Merkle tree (RFC 9162) and holds it against the signed head, against the head',
      'that was verified last, and against proofs of the service. The head is remembered in scw-log-heads.json beside the',
      'configuration. Ends with 1 when anything does not fit, and names the entry.',
    ],
    examples: [
      { title: 'Verify the log', line: 'scw iam log verify' },
      {
        title: 'In a pipeline, with a file of its own to remember by',
        line: 'scw iam log verify state-file=heads.json -o json',
      },
    ],
    needsCredentials: true,
    arguments: [
      organizationId,
      argument('state-file', 'File that remembers verified heads; one beside the configuration when absent'),
      argument('key-id', 'Key that must have signed; the one of the last time when absent'),
    ],
    output: { shape: 'object', type: 'LogVerification' },
    seeAlso: ['scw iam log list'],
  }),
  own('info', 'Show the settings in force and where each comes from', {
    heading: 'configuration',
    arguments: [showSecret],
    output: { shape: 'object', type: 'Info' },
  }),
  own('init', 'Set up a profile of the configuration file', {
    heading: 'configuration',
    notes: [
      'Asks for what is not given and keeps everything else that the profile holds. Without a terminal each missing',
      'answer is a line of standard input: API address (unless the profile or SCW_API_URL has one), secret key, access',
      'key, organization, and whether to set up completion.',
    ],
    examples: [
      {
        title: 'Without questions',
        line: 'scw init api-url=http://127.0.0.1:8080 access-key=SCWEXAMPLEEXAMPLE000 secret-key=$SECRET organization-id=0c0ffee0-0000-4000-8000-00000000000a',
      },
    ],
    arguments: [
      argument('api-url', 'Address of the API, without a slash at its end'),
      argument('secret-key', 'Secret key'),
      argument('access-key', 'Access key'),
      argument('organization-id', 'Organization of calls that name none', { uuid: true }),
      argument('project-id', 'Project of calls that name none', { uuid: true }),
      argument('send-telemetry', 'Kept in the file; nothing is sent', { type: 'boolean' }),
      argument('with-ssh-key', 'Also add the SSH key of your home folder', { type: 'boolean', default: 'true' }),
      argument('install-autocomplete', 'Also set up completion in your shell', { type: 'boolean' }),
      argument('region', 'Kept for other programs that read the file', {
        type: 'enum',
        enum: regions,
        default: 'fr-par',
      }),
      argument('zone', 'Kept for other programs that read the file', {
        type: 'enum',
        enum: zones,
        default: 'fr-par-1',
      }),
    ],
    output: changed,
    seeAlso: ['scw config', 'scw info'],
  }),
  own('login', 'Sign in with your browser and set up a profile', {
    heading: 'configuration',
    notes: [
      'Opens the sign-in page of the service and waits for you there. Then it makes an API key of your own and writes it',
      'into the profile, as init does. The session ends at once: the key is all that stays.',
    ],
    examples: [
      { title: 'Sign in to a service of your own', line: 'scw login api-url=http://127.0.0.1:8080' },
      { title: 'On a machine without a browser: type a code elsewhere', line: 'scw login device=true' },
      { title: 'With a key that ends by itself', line: 'scw login expires-at=+30d' },
    ],
    arguments: [
      argument('api-url', 'Address of the service; the one of the configuration when absent'),
      argument('port', 'Port on this machine that the browser comes back to; any free one when absent', {
        type: 'integer',
      }),
      argument('expires-at', 'When the key stops working', { type: 'datetime' }),
      argument('project-id', 'Project of calls that name none', { uuid: true }),
      argument('device', 'Show a code to type in a browser elsewhere', { type: 'boolean', default: 'false' }),
      argument('print-url', 'Show the address instead of opening a browser', {
        type: 'boolean',
        default: 'false',
        hidden: true,
      }),
    ],
    output: changed,
    seeAlso: ['scw init', 'scw iam jwt'],
  }),
  own('version', 'Show the version of this program', {
    heading: 'utility',
    output: { shape: 'object', type: 'Version' },
  }),
];

function configuration(options: Options): Options {
  return { heading: 'configuration', seeAlso: ['scw config'], ...options };
}

interface Options extends Partial<Omit<OwnCommand, 'own' | 'words' | 'summary'>> {}

function own(words: string, summary: string, options: Options = {}): OwnCommand {
  return {
    own: words.replaceAll(' ', '.'),
    words: words.split(' '),
    summary,
    notes: [],
    examples: [],
    takesUnderscores: false,
    positional: null,
    arguments: [],
    output: { shape: 'text' },
    heading: 'available',
    seeAlso: [],
    needsCredentials: false,
    flags: [],
    ...options,
  };
}

function argument(name: string, summary: string, differing: Partial<typeof plainArgument> = {}): Argument {
  const wire = { in: 'none', path: [], whenAbsent: 'omitted' } as const;
  return { ...plainArgument, name, summary, wire, ...differing };
}

function field(key: string, differing: Partial<Field> = {}): Field {
  return { ...plainField, key, field: fieldName(key), header: columnHeader(key), ...differing };
}
