import { openApiDocument } from '@bailiwick/contract/openapi';
import {
  administrationFlags,
  createAnotherOrganization,
  deleteOrganization,
  initialize,
  listOrganizations,
  listQuotas,
  setQuota,
  showOutbox,
} from './administration.ts';
import { authorizedKeysUsage, printAuthorizedKeys } from './authorized-keys/command.ts';
import { ConfigError, flags, readConfig } from './config.ts';
import { verifyLogs } from './log-tree/command.ts';
import { type RunningServer, serve } from './serve.ts';
import { version } from './version.ts';

const usage = `bailiwick: identity and access management

  bailiwick serve                                    run the server
  bailiwick init                                     make the first organization without running
  bailiwick organization create --name NAME [--owner-email ADDRESS]
  bailiwick organization list
  bailiwick organization delete ID --yes ID
  bailiwick quota set ORGANIZATION NAME VALUE        VALUE: a number or unlimited
  bailiwick quota list ORGANIZATION
  bailiwick backup FILE                              write all there is into a file, while servers run
  bailiwick restore FILE                             put it into an empty database of either kind
  bailiwick doctor [-o json]                         look at all that a server needs; ends with 1 on a problem
  bailiwick key list                                 server keys, and what is kept under each
  bailiwick key rotate                               a new server key for what is new; the others are accepted
  bailiwick key add | use ID | drop ID               the same in steps, for several servers
  bailiwick outbox                                   list mail that is sent, waits or is kept
  bailiwick outbox show ID                           print a mail; what it says may hold secrets
  bailiwick log verify [ORGANIZATION]                hold the logs against their signed heads
  bailiwick authorized-keys --project-id ID …        print SSH keys for sshd; its --help tells more
  bailiwick openapi                                  print the OpenAPI document
  bailiwick version

options, each also as BAILIWICK_… in the environment:
${Object.entries(flags)
  .map(
    ([name, flag]) =>
      `  --${`${name} ${flag.value}`.padEnd(26)} ${flag.help}${'default' in flag ? ` (${flag.default})` : ''}`,
  )
  .join('\n')}
`;

const terminal = { out: (line: string) => void process.stdout.write(`${line}\n`) };

const withNotes = { ...terminal, note: (line: string) => void process.stderr.write(`${line}\n`) };

async function run(words: readonly string[]): Promise<void> {
  if (words[0] === 'authorized-keys') return showAuthorizedKeys(words.slice(1));
  if (words.includes('--help') || words.includes('-h')) return void process.stdout.write(usage);
  const { config, positionals, values } = readConfig(words, process.env, administrationFlags);
  const [command = 'serve', verb = '', ...rest] = positionals;
  // Their next word is a file.
  if (command === 'backup') return (await import('./backup/command.ts')).backUpTo(config, verb, terminal);
  if (command === 'restore') return (await import('./backup/command.ts')).restoreFrom(config, verb, terminal);
  if (command === 'key')
    return (await import('./server-keys/command.ts')).manageKeys(config, [verb, rest[0]], terminal);
  switch (`${command} ${verb}`.trim()) {
    case 'serve':
      return serveUntilStopped(config);
    case 'init':
      return initialize(config, terminal);
    case 'doctor':
      process.exitCode = await (await import('./doctor/command.ts')).examine(config, values.output, terminal);
      return;
    case 'organization create':
      return createAnotherOrganization(config, values, terminal);
    case 'organization list':
      return listOrganizations(config, terminal);
    case 'organization delete':
      return deleteOrganization(config, rest[0] ?? '', values, terminal);
    case 'quota set':
      return setQuota(config, rest, terminal);
    case 'quota list':
      return listQuotas(config, rest[0] ?? '', terminal);
    case 'outbox':
      return showOutbox(config, undefined, withNotes);
    case 'outbox show':
      return showOutbox(config, rest[0] ?? '', withNotes);
    case 'log verify':
      if (!(await verifyLogs(config, rest[0], withNotes))) process.exitCode = 1;
      return;
    case 'openapi':
      return terminal.out(JSON.stringify(openApiDocument({ serverUrl: config.publicUrl ?? '/', version }), null, 2));
    case 'version':
      return terminal.out(version);
    default:
      throw new ConfigError(`unknown command \`${positionals.join(' ')}\`; \`bailiwick --help\` lists them`);
  }
}

/** It runs on other machines than the server, with settings of its own. */
async function showAuthorizedKeys(words: readonly string[]): Promise<void> {
  if (words.includes('--help') || words.includes('-h')) return void process.stdout.write(authorizedKeysUsage);
  const error = (line: string) => void process.stderr.write(`${line}\n`);
  process.exitCode = await printAuthorizedKeys(words, Date.now(), { ...terminal, error });
}

async function serveUntilStopped(config: Parameters<typeof serve>[0]): Promise<void> {
  // Whoever reads that it listens may tell it to stop at once.
  await serve(config, terminal, obeySignals);
}

function obeySignals({ stop, reload }: RunningServer): void {
  process.on('SIGHUP', () => void reload());
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => process.exit(0),
        (failure: unknown) => fail(failure),
      );
    });
  }
}

function fail(failure: unknown): never {
  const known = failure instanceof ConfigError || (failure instanceof Error && 'code' in failure);
  const text = failure instanceof Error ? (known ? failure.message : failure.stack) : String(failure);
  process.stderr.write(`bailiwick: ${text}\n`);
  process.exit(1);
}

run(process.argv.slice(2)).catch(fail);
