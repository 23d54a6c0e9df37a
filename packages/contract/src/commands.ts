import type {
  Argument,
  ArgumentType,
  Command,
  CommandGroup,
  CommandTable,
  Field,
  FieldType,
  ObjectType,
  Output,
} from './command-table.ts';
import { plainArgument } from './command-table.ts';
import { columnHeader, fieldName } from './go-names.ts';
import type { CommandNaming, Operation } from './operation.ts';
import { contract, operations } from './operations.ts';
import { isNullable, isRequired, properties, type SchemaView, typeOf, view } from './schema-view.ts';

/** The table of commands, derived from the contract. */
export function commandTable(): CommandTable {
  const commands = [...operations.flatMap(commandOf), ...composedCommands()].sort((a, b) =>
    a.words.join(' ') < b.words.join(' ') ? -1 : 1,
  );
  return { groups, commands, types: objectTypes() };
}

const groups: readonly CommandGroup[] = (
  [
    ['iam', 'Identities, policies and keys'],
    ['iam api-key', 'API keys of users and applications'],
    ['iam application', 'Principals for programs'],
    ['iam group', 'Users and applications that share policies'],
    ['iam jwt', 'Your session tokens'],
    ['iam log', 'What was changed, by whom and when'],
    ['iam organization', 'Sign-in and provisioning by a directory of your own'],
    ['iam permission-set', 'Named lists of permissions'],
    ['iam policy', 'What a principal may do'],
    ['iam rule', 'The rules of a policy'],
    ['iam saml', 'Sign-in by an identity provider'],
    ['iam saml-certificates', 'What the identity provider signs with'],
    ['iam scim', 'Provisioning of users and groups by a directory'],
    ['iam scim-tokens', 'Credentials of a directory'],
    ['iam security-settings', 'Passwords, sessions and key lifetimes of an organization'],
    ['iam ssh-key', 'SSH keys of a project'],
    ['iam user', 'The owner and the members'],
    ['account', 'Projects of an organization'],
    ['account project', 'Projects'],
  ] as const
).map(([words, summary]) => ({
  words: words.split(' '),
  summary,
  heading: words.includes(' ') ? 'available' : 'security',
}));

function commandOf(operation: Operation): readonly Command[] {
  const naming = operation.command;
  if (!naming) return [];
  return [
    {
      words: naming.words.split(' '),
      operation: operation.id,
      summary: operation.summary,
      notes: naming.notes ?? [],
      examples: naming.examples ?? [],
      call: {
        method: operation.method,
        path: operation.path,
        paged: [operation.query, operation.body].some((part) => part?.properties.page !== undefined),
        body: operation.body !== undefined,
      },
      positional: naming.positional === undefined ? null : argumentName(naming.positional),
      arguments: [...argumentsOf(operation), ...(clientArguments[operation.id] ?? [])],
      output: outputOf(operation, naming),
      heading: naming.heading ?? 'available',
      seeAlso: naming.seeAlso ?? [],
    },
  ];
}

/** Commands of several calls: there is no operation for one rule, or for the key in one's home folder. */
function composedCommands(): readonly Command[] {
  const { set, list } = contract.rules;
  const [policyId] = bodyArguments(view(set.body), ['policy_id'], set.command.positional);
  const ruleArguments = bodyArguments(view(set.body), ['rules'], undefined)
    .map((argument) => ({ ...argument, name: argument.name.replace('rules.{index}.', '') }))
    .map((argument) => ({ ...argument, hidden: argument.name === 'condition', oneOf: argument.oneOf && 'scope' }));
  const ruleId: Argument = {
    ...plainArgument,
    name: 'rule-id',
    summary: 'Rule to take away',
    wire: { in: 'none', path: ['rule_id'], whenAbsent: 'omitted' },
  };
  const call = { method: set.method, path: set.path, paged: false, body: true } as const;
  const rules: Output = { shape: 'list', type: 'Rule', items: 'rules', columns: null };
  const shared = { notes: [], call, output: rules, heading: 'utility', seeAlso: [] } as const;
  const policy = { ...policyId!, required: false };
  return [
    {
      ...shared,
      words: ['iam', 'rule', 'create'],
      operation: 'rules.create',
      summary: 'Add one rule to a policy',
      examples: [
        {
          title: 'One more set, in the whole organization',
          line: 'scw iam rule create 0c0ffee0-0000-4000-8000-000000000008 permission-set-names.0=IAMReadOnly organization-id=0c0ffee0-0000-4000-8000-000000000007',
        },
      ],
      positional: 'policy-id',
      arguments: [policy, ...ruleArguments],
    },
    {
      ...shared,
      words: ['iam', 'rule', 'delete'],
      operation: 'rules.delete',
      summary: 'Take one rule away from a policy',
      examples: [
        {
          title: 'Take a rule away',
          line: 'scw iam rule delete 0c0ffee0-0000-4000-8000-000000000008 rule-id=0c0ffee0-0000-4000-8000-000000000010',
        },
      ],
      positional: 'policy-id',
      arguments: [policy, ruleId],
    },
    {
      words: ['iam', 'ssh-key', 'init'],
      operation: 'sshKeys.init',
      summary: 'Add the SSH key of your home folder',
      notes: [],
      examples: [],
      call: { method: list.method, path: contract.sshKeys.list.path, paged: true, body: false },
      positional: null,
      arguments: [],
      output: { shape: 'success', noun: 'ssh-key' },
      heading: 'workflow',
      seeAlso: [],
    },
    checkCommand(),
  ];
}

/** One question instead of a list of them, so it is typed like the other questions. */
function checkCommand(): Command {
  const { check, explain } = contract.decisions;
  return {
    words: ['iam', 'check'],
    operation: check.id,
    summary: 'Ask whether you, or somebody else, may do something',
    notes: ['Prints `allow` or `deny`. The exit code is 0 for allow, 3 for deny and 1 for an error.'],
    examples: [
      {
        title: 'In a script',
        line: 'scw iam check iam:policy:write principal-id=0c0ffee0-0000-4000-8000-000000000001 && echo allowed',
      },
      {
        title: 'From another address',
        line: 'scw iam check iam:policy:read principal-id=0c0ffee0-0000-4000-8000-000000000001 request.ip=192.0.2.7',
      },
    ],
    call: { method: check.method, path: check.path, paged: false, body: true },
    positional: explain.command.positional,
    arguments: argumentsOf(explain),
    output: { shape: 'object', type: 'Decision' },
    heading: 'available',
    seeAlso: ['scw iam explain', 'scw iam who-can', 'scw iam what-can'],
  };
}

/** Arguments that change what the command does, not what it sends. */
const clientArguments: Readonly<Record<string, readonly Argument[]>> = {
  'apiKeys.get': [
    {
      ...plainArgument,
      name: 'with-policies',
      type: 'boolean',
      summary: 'Also show the policies attached to its bearer',
      default: 'true',
      wire: { in: 'none', path: ['with_policies'], whenAbsent: 'omitted' },
    },
  ],
};

/** `application_ids` → `application-ids` */
function argumentName(key: string): string {
  return key.replaceAll('_', '-');
}

/** Arguments in the order of the path, the query and the body; the organization in the path comes last. */
function argumentsOf(operation: Operation): readonly Argument[] {
  const positional = operation.command?.positional;
  const inPath = properties(operation.params).flatMap(([key, schema]) =>
    argument('path', [key], schema, true, null, positional),
  );
  const inQuery = properties(operation.query).flatMap(([key, schema]) =>
    argument('query', [key], schema, isRequired(operation.query, key), null, positional),
  );
  const body = operation.body === undefined ? undefined : view(operation.body);
  const inBody = bodyArguments(
    body,
    properties(body).map(([key]) => key),
    positional,
  );
  const all = [...inPath, ...inQuery, ...inBody];
  const last = (name: string) => name === 'organization-id';
  return [...all.filter(({ name }) => !last(name)), ...all.filter(({ name }) => last(name))];
}

function bodyArguments(
  body: SchemaView | undefined,
  keys: readonly string[],
  positional: string | undefined,
): readonly Argument[] {
  return properties(body)
    .filter(([key]) => keys.includes(key))
    .flatMap(([key, schema]) =>
      argument('body', [key], schema, isRequired(body, key), oneOfName(body, key, []), positional),
    );
}

function oneOfName(parent: SchemaView | undefined, key: string, path: readonly string[]): string | null {
  const group = parent?.['x-one-of']?.find(({ members }) => members.includes(key));
  return group ? [...path, group.name].join('.').replaceAll('.[]', '[]') : null;
}

/** The arguments of one input: several for a nested object. */
function argument(
  place: 'path' | 'query' | 'body',
  path: readonly string[],
  schema: SchemaView,
  required: boolean,
  oneOf: string | null,
  positional: string | undefined,
): readonly Argument[] {
  const cli = schema['x-cli'] ?? {};
  if (cli.absent) return [];
  const leaf = schema.items ?? schema;
  const isList = schema.items !== undefined;
  const here = isList ? [...path, '[]'] : path;
  if (leaf.properties) {
    return properties(leaf).flatMap(([key, inner]) =>
      argument(place, [...here, key], inner, false, oneOfName(leaf, key, here) ?? oneOf, positional),
    );
  }
  const isPositional = path.length === 1 && path[0] === positional;
  return [
    {
      ...plainArgument,
      name: cli.as ?? here.map((part) => (part === '[]' ? '{index}' : argumentName(part))).join('.'),
      type: argumentType(leaf),
      summary: schema.description ?? leaf.description ?? '',
      list: isList,
      required: isPositional || (cli.requiredByClient ?? (required && cli.fromConfig === undefined)),
      deprecated: cli.deprecated ?? false,
      hidden: cli.hidden ?? false,
      enum: leaf.enum ?? null,
      default: cli.default ?? null,
      generated: cli.generated ?? null,
      fromConfig: cli.fromConfig ?? null,
      acceptsNone: cli.acceptsNone ?? false,
      loadFile: cli.loadFile ?? false,
      uuid: cli.uuid ?? false,
      oneOf,
      maxLength: leaf.maxLength ?? null,
      maxItems: schema.maxItems ?? null,
      wire: { in: place, path: here, whenAbsent: cli.whenAbsent ?? 'omitted' },
    },
  ];
}

function argumentType(schema: SchemaView): ArgumentType {
  if (schema.enum) return 'enum';
  if (schema.format === 'date-time') return 'datetime';
  if (schema.format === 'seconds') return 'duration';
  const type = typeOf(schema);
  return type === 'boolean' || type === 'integer' ? type : 'string';
}

function outputOf(operation: Operation, naming: CommandNaming): Output {
  if (operation.output === null) return { shape: 'success', noun: naming.words.split(' ').at(-2) ?? '' };
  const answer = view(operation.output);
  if (naming.prints) return { shape: 'object', type: naming.prints };
  if (answer.title) return { shape: 'object', type: answer.title };
  const [items, list] = properties(answer).find(([, schema]) => schema.items?.title !== undefined) ?? ['', undefined];
  return { shape: 'list', type: list?.items?.title ?? '', items, columns: naming.columns ?? null };
}

/** Types that may carry a resource name when a server sends one. */
const named = new Set(['APIKey', 'Application', 'Group', 'JWT', 'Log', 'Policy', 'Rule', 'SSHKey', 'User']);

/** Every titled object of the answers, and the two that a command composes. */
function objectTypes(): Readonly<Record<string, ObjectType>> {
  const types = new Map<string, ObjectType>();
  const collect = (schema: SchemaView): void => {
    if (schema.title && schema.properties) types.set(schema.title, fieldsOf(schema, collect));
    for (const [, inner] of properties(schema)) collect(inner.items ?? inner);
  };
  // What directories are told is printed by no command.
  for (const { output, access } of operations) if (output && access.kind !== 'scim') collect(view(output));
  const composed = (key: string, name: string, type: FieldType, object: string | null, list: boolean): Field => ({
    key,
    field: name,
    header: columnHeader(key),
    type,
    list,
    nullable: type !== 'string',
    omittedWhenEmpty: false,
    column: type === 'string',
    object,
  });
  types.set('APIKeyWithPolicies', [
    { ...composed('APIKey', 'APIKey', 'object', 'APIKey', false), header: 'API KEY' },
    composed('entity_type', 'EntityType', 'string', null, false),
    composed('policies', 'Policies', 'map', null, true),
  ]);
  types.set('PolicyWithRules', [
    ...(types.get('Policy') ?? []),
    { ...composed('Rules', 'Rules', 'object', 'Rule', true), column: true },
  ]);
  return Object.fromEntries([...types].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fieldsOf(schema: SchemaView, collect: (schema: SchemaView) => void): ObjectType {
  const first = schema['x-cli-first'] ?? [];
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  const ordered = [...properties(schema)].sort(([a], [b]) => rank(a) - rank(b));
  const fields = ordered.map(([key, inner]) => fieldOf(key, inner, !isRequired(schema, key), collect));
  const srn: Field = { ...fieldOf('srn', { type: 'string' }, true, collect), nullable: false };
  return schema.title && named.has(schema.title) ? [...fields, srn] : fields;
}

function fieldOf(key: string, schema: SchemaView, optional: boolean, collect: (schema: SchemaView) => void): Field {
  const leaf = schema.items ?? schema;
  const isObject = leaf.properties !== undefined;
  const object = isObject ? (leaf.title ?? fieldName(key)) : null;
  if (isObject && !leaf.title) collect({ ...leaf, title: object ?? '' });
  const type: FieldType = isObject ? 'object' : typeOf(leaf) === 'object' ? 'map' : argumentType(leaf);
  return {
    key,
    field: fieldName(key),
    header: columnHeader(key),
    type,
    list: schema.items !== undefined,
    nullable:
      optional ||
      isNullable(schema) ||
      schema.items !== undefined ||
      type === 'datetime' ||
      type === 'duration' ||
      type === 'map' ||
      isObject,
    omittedWhenEmpty: optional,
    column: (!isObject && type !== 'map') || schema.items !== undefined,
    object,
  };
}
