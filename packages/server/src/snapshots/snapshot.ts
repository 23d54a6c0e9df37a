import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FactsAtRevision } from '../authorization/store.ts';
import type { HeldSet } from '../catalogue/reconcile.ts';
import { ConfigError } from '../config.ts';
import type { Secrets } from '../secrets.ts';
import { runsOf } from '../storage/chunks.ts';

/** What a server has had in memory, on disk: from it another one starts while the database is away. */
export interface Snapshot {
  /** When it was what the database held, in microseconds since 1970. */
  readonly knownAt: number;
  /** Permission sets that the installation has ever seen. */
  readonly sets: readonly HeldSet[];
  readonly organizations: Iterable<FactsAtRevision>;
}

/** A line of the file: the head, parts of organizations, and the end. */
interface Line {
  readonly head?: { readonly form: number } & Pick<Snapshot, 'knownAt' | 'sets'>;
  readonly part?: FactsAtRevision;
  readonly isEnd?: true;
}

/** A server that knows another form starts without. */
const form = 1;
/** Things in one line: requests come in between two lines. */
const inLine = 1_000;

/**
 * Writes a file that only the server key opens, whole or not at all, a line at a time. What is in it of one organization is of
 * one moment.
 */
export async function writeSnapshot(path: string, snapshot: Snapshot, secrets: Secrets): Promise<void> {
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, 'w', 0o600);
  try {
    const id = randomUUID();
    let number = 0;
    for (const line of linesOf(snapshot)) {
      await file.write(`${secrets.seal(JSON.stringify([id, number, line]))}\n`);
      number += 1;
      await nextTurn();
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function* linesOf({ knownAt, sets, organizations }: Snapshot): Iterable<Line> {
  yield { head: { form, knownAt, sets } };
  for (const organization of organizations) for (const part of partsOf(organization)) yield { part };
  yield { isEnd: true };
}

function* partsOf({ facts, keys, ...at }: FactsAtRevision): Iterable<FactsAtRevision> {
  const nothing = { id: facts.id, projects: [], users: [], applications: [], groups: [], policies: [] };
  const some = (part: Partial<FactsAtRevision['facts']>) => ({ ...at, keys: [], facts: { ...nothing, ...part } });
  yield some({});
  for (const projects of runsOf(facts.projects, inLine)) yield some({ projects });
  for (const users of runsOf(facts.users, inLine)) yield some({ users });
  for (const applications of runsOf(facts.applications, inLine)) yield some({ applications });
  for (const groups of runsOf(facts.groups, inLine)) yield some({ groups });
  for (const policies of runsOf(facts.policies, inLine)) yield some({ policies });
  for (const run of runsOf(keys, inLine)) yield { ...some({}), keys: run };
}

/**
 * Reads what was written.
 *
 * @throws ConfigError when it is of another server key, damaged, or not whole
 */
export async function readSnapshot(path: string, secrets: Secrets): Promise<Snapshot> {
  const text = await readFile(path, 'utf8');
  const sealed = text.split('\n').filter((line) => line !== '');
  const lines = sealed.map((line) => openLine(line, path, secrets));
  const [first] = lines;
  const isWhole = lines.every(({ id, number }, index) => id === first?.id && number === index);
  const head = first?.line.head;
  if (head?.form !== form || !isWhole || !lines.at(-1)?.line.isEnd)
    throw new ConfigError(`${path} is not whole, or of another version; remove it to start without it`);
  const parts = lines.flatMap(({ line }) => line.part ?? []);
  const byOrganization = Map.groupBy(parts, ({ facts }) => facts.id);
  return { knownAt: head.knownAt, sets: head.sets, organizations: [...byOrganization.values()].flatMap(joined) };
}

function openLine(sealed: string, path: string, secrets: Secrets) {
  try {
    const [id, number, line]: [string, number, Line] = JSON.parse(secrets.open(sealed));
    return { id, number, line };
  } catch {
    throw new ConfigError(`${path} was made with another server key, or is damaged; remove it to start without it`);
  }
}

function joined(parts: readonly FactsAtRevision[]): readonly FactsAtRevision[] {
  const [first] = parts;
  if (!first) return [];
  const facts = {
    id: first.facts.id,
    projects: parts.flatMap((part) => part.facts.projects),
    users: parts.flatMap((part) => part.facts.users),
    applications: parts.flatMap((part) => part.facts.applications),
    groups: parts.flatMap((part) => part.facts.groups),
    policies: parts.flatMap((part) => part.facts.policies),
  };
  return [{ ...first, facts, keys: parts.flatMap(({ keys }) => keys) }];
}
