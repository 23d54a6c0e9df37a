import type { Bench, Measurement } from './measurement.ts';
import type { Server } from './support/server.ts';
import { makeMembers, onEach, signIn, step } from './support/sign-in.ts';
import { figures, type Table } from './support/table.ts';

/** Proofs for one name within the window of the limits; less than what locks a member here. */
const triesOfName = 25;
/** Mails to one name within the window. */
const mailsOfName = 4;

interface Times {
  readonly known: number[];
  readonly unknown: number[];
}

export const knownNames: Measurement = {
  name: 'known-names',
  title: 'whether the time of an answer tells a name that somebody has from one that nobody has',
  measure: (bench) => onEach(bench, measureOn),
};

async function measureOn(bench: Bench, name: string, server: Server): Promise<Table> {
  const settings = `/iam/v1alpha1/organizations/${server.organizationId}/security-settings`;
  const allowed = await fetch(`${server.url}${settings}`, {
    method: 'PATCH',
    headers: { 'x-auth-token': server.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({ login_attempts_before_locked: 50 }),
  });
  if (!allowed.ok) throw new Error(await allowed.text());
  const names = Array.from({ length: Math.ceil(bench.tries / 2 / triesOfName) }, (_, index) => `member-${index}`);
  bench.progress(`${name}: members`);
  await makeMembers(server, names);
  const steps: Readonly<Record<'start' | 'password' | 'recover', Times>> = {
    start: { known: [], unknown: [] },
    password: { known: [], unknown: [] },
    recover: { known: [], unknown: [] },
  };
  for (let index = 0; index < bench.tries / 2; index += 1) {
    if (index % 100 === 0) bench.progress(`${name}: ${index * 2} of ${bench.tries} tries`);
    const known = names[Math.floor(index / triesOfName)] ?? '';
    // Both in turn, the first of them in turn too.
    for (const kind of index % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const username = kind === 'known' ? known : `${known}-nobody`;
      const { begun, proved } = await signIn(server, username, 'none of the passwords');
      if (proved.status !== 401) throw new Error(`a wrong password is told ${proved.status}`);
      steps.start[kind].push(begun.milliseconds);
      steps.password[kind].push(proved.milliseconds);
      if (index % triesOfName >= mailsOfName) continue;
      const recovered = await step(server, 'recover', { organization: server.organizationId, username });
      if (recovered.status !== 204) throw new Error(`a recovery is told ${recovered.status}`);
      steps.recover[kind].push(recovered.milliseconds);
    }
  }
  return {
    head: [`ms, ${name}`, 'known', 'unknown', 'known is slower', 'guess by time', 'tries'],
    rows: Object.entries(steps).map(([title, { known, unknown }]) => [
      title,
      figures(known),
      figures(unknown),
      `${(slowerShare(known, unknown) * 100).toFixed(1)} %`,
      `${(bestGuess(known, unknown) * 100).toFixed(1)} %`,
      `${known.length + unknown.length}`,
    ]),
    note:
      'Known is slower: of all pairs, 50 % when nothing tells them apart. Guess by time: how often the best threshold of all is ' +
      'right; chosen after the fact, so somewhat above 50 % by chance.',
  };
}

/** Mann–Whitney: the share of pairs in which the first is greater, ties counted half. */
function slowerShare(ones: readonly number[], others: readonly number[]): number {
  const sorted = others.toSorted((one, other) => one - other);
  const below = (value: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const sum = ones.reduce((total, value) => total + below(value), 0);
  return sum / (ones.length * others.length);
}

/** The share that the best single threshold gets right, whichever side it takes for known. */
function bestGuess(known: readonly number[], unknown: readonly number[]): number {
  const all = [...known.map((time) => ({ time, one: 1 })), ...unknown.map((time) => ({ time, one: -1 }))];
  let [lead, widest] = [0, 0];
  for (const { one } of all.toSorted((a, b) => a.time - b.time)) {
    lead += one;
    widest = Math.max(widest, Math.abs(lead));
  }
  return (known.length + widest) / all.length;
}
