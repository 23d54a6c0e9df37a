/**
 * `npm run bench` measures everything but what lasts, `npm run bench -- NAME…` some of it; `--database NAME` on one database only, and
 * `--minutes N` tells what lasts for how long. Only `--peers` compares other servers, and
 * `--peers=NAME,…` some of them, which are built first. Nothing is judged here: what is slow on this machine is compared
 * with what the machine can do at all, measured in the same run.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { databaseKinds } from '../test-support/database-kinds.ts';
import { openCluster } from '../test-support/postgres-cluster.ts';
import { apply } from './apply.ts';
import { command } from './command.ts';
import { consolePages } from './console.ts';
import { engineChange } from './engine-change.ts';
import { engineCheck } from './engine-check.ts';
import { engineCondition } from './engine-condition.ts';
import { engineExplain } from './engine-explain.ts';
import { engineMemory } from './engine-memory.ts';
import { engineStart } from './engine-start.ts';
import { firstPage } from './first-page.ts';
import { flood } from './flood.ts';
import { httpCheck } from './http-check.ts';
import { httpPeers, peerNames } from './http-peers.ts';
import { knownNames } from './known-names.ts';
import { logTree } from './log-tree.ts';
import type { Bench, Measurement } from './measurement.ts';
import { million } from './million.ts';
import { mixed } from './mixed.ts';
import { peers } from './peers.ts';
import { replicas } from './replicas.ts';
import { requests } from './requests.ts';
import { signInLoad } from './sign-in.ts';
import { simulateScale } from './simulate-scale.ts';
import { start } from './start.ts';
import { createProgress } from './support/progress.ts';
import { printTable } from './support/table.ts';
import { writes } from './writes.ts';

const measurements: readonly Measurement[] = [
  ...[engineCheck, engineCondition, engineExplain, engineChange, engineMemory, engineStart, peers],
  ...[httpCheck, requests, firstPage, writes, logTree, start, command, apply, signInLoad, knownNames],
  ...[consolePages, replicas, flood, simulateScale],
];

/** Measured when they are named. */
const lasting: readonly Measurement[] = [mixed, million];
const known = [...measurements, ...lasting];

const words = process.argv.slice(2);
const peersWord = words.find((word) => /^--peers(?:=|$)/.test(word));
const chosenPeers = peersWord?.includes('=') ? peersWord.slice('--peers='.length).split(',') : peerNames;
const wrong = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};
const { values, positionals: names } = readFlags(words.filter((word) => word !== peersWord));
const minutes = Number(values.minutes ?? 10);
if (!(minutes > 0)) wrong(`--minutes takes a number above 0, not \`${values.minutes}\``);
const only = values.database?.toLowerCase();
if (only !== undefined && only !== 'sqlite' && only !== 'postgresql')
  wrong(`--database takes sqlite or postgresql, not \`${values.database}\``);
const unknown = names.find((name) => !known.some((measurement) => measurement.name === name));
if (unknown !== undefined) wrong(`\`${unknown}\` is none of --peers, ${known.map(({ name }) => name).join(', ')}`);
const unknownPeer = chosenPeers.find((name) => !peerNames.includes(name));
if (unknownPeer !== undefined) wrong(`\`${unknownPeer}\` is none of the peers ${peerNames.join(', ')}`);
const named = known.filter(({ name }) => names.includes(name));
if (peersWord !== undefined) await run([...named, httpPeers(chosenPeers)]);
else await run(names.length === 0 ? measurements : named);

function readFlags(flags: readonly string[]) {
  try {
    return parseArgs({
      args: [...flags],
      options: { minutes: { type: 'string' }, database: { type: 'string' } },
      allowPositionals: true,
    });
  } catch (failure) {
    return wrong(failure instanceof Error ? failure.message : String(failure));
  }
}

async function run(chosen: readonly Measurement[]): Promise<void> {
  const progress = createProgress(process.stderr);
  progress.show('starting PostgreSQL');
  const cluster = await openCluster(process.env.BAILIWICK_BENCH_POSTGRES_URL);
  if (cluster === null) {
    progress.clear();
    console.error('no PostgreSQL found: install its server package or set BAILIWICK_BENCH_POSTGRES_URL; SQLite only');
  }
  const bench: Bench = {
    databases: databaseKinds(cluster?.url ?? null).filter(
      ({ name }) => only === undefined || name.toLowerCase() === only,
    ),
    minutes,
    rounds: setting('BAILIWICK_BENCH_ROUNDS', 5),
    secondsOfLoad: setting('BAILIWICK_BENCH_SECONDS', 3),
    keys: setting('BAILIWICK_BENCH_KEYS', 100_000),
    principals: setting('BAILIWICK_BENCH_PRINCIPALS', 1_000_000),
    tries: setting('BAILIWICK_BENCH_TRIES', 1_000),
    progress: progress.show,
  };
  try {
    progress.clear();
    const [processor] = cpus();
    console.log(`Node ${process.versions.node}, ${cpus().length} × ${processor?.model.trim() ?? 'unknown processor'}`);
    console.log('Cells are medians with (least–most); times are compared within their round.');
    for (const { name, title, measure } of chosen) {
      console.log(`\n# ${name}: ${title}`);
      const tables = await measure(bench);
      progress.clear();
      for (const table of tables) printTable(table);
    }
  } finally {
    progress.clear();
    await cluster?.stop();
  }
}

/** A number from the environment. */
function setting(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} takes a whole number above 0, not \`${process.env[name]}\``);
}
