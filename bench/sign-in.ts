import { setTimeout } from 'node:timers/promises';
import type { Bench, Measurement } from './measurement.ts';
import { call, type Server } from './support/server.ts';
import { makeMembers, onEach, signIn } from './support/sign-in.ts';
import { median, percentile, ratios } from './support/statistics.ts';
import { figures, type Table } from './support/table.ts';

const atOnce = 50;
/** More than may wait: what is beyond is told to come again. */
const tooMany = 200;

export const signInLoad: Measurement = {
  name: 'sign-in',
  title: `requests with an API key while ${atOnce} people sign in at once`,
  measure: (bench) => onEach(bench, measureOn),
};

async function measureOn(bench: Bench, name: string, server: Server): Promise<Table> {
  const names = Array.from({ length: tooMany }, (_, index) => `member-${index}`);
  bench.progress(`${name}: members`);
  await makeMembers(server, names);
  const rounds: { readonly quiet: readonly number[]; readonly busy: readonly number[] }[] = [];
  const seconds: number[] = [];
  for (let round = 0; round <= bench.rounds; round += 1) {
    bench.progress(`${name}: round ${round} of ${bench.rounds}`);
    const quiet = await requestsUntil(server, setTimeout(1000));
    const started = performance.now();
    const people = Promise.all(names.slice(0, atOnce).map((username) => signIn(server, username)));
    const busy = await requestsUntil(server, people);
    const failed = (await people).filter(({ proved }) => proved.status !== 200).length;
    if (failed > 0) throw new Error(`${failed} of ${atOnce} did not sign in`);
    // The first round warms up.
    if (round === 0) continue;
    seconds.push((performance.now() - started) / 1000);
    rounds.push({ quiet, busy });
  }
  const crowd = await Promise.all(names.map((username) => signIn(server, username)));
  const turnedAway = crowd.filter(({ proved }) => proved.status === 429 && proved.retryAfter !== null).length;
  const other = crowd.filter(({ proved }) => ![200, 429].includes(proved.status)).length;
  const row = (title: string, figureOf: (times: readonly number[]) => number) => {
    const quiet = rounds.map((round) => figureOf(round.quiet));
    const busy = rounds.map((round) => figureOf(round.busy));
    return [title, figures(quiet, ' ms'), figures(busy, ' ms'), figures(ratios(busy, quiet))];
  };
  return {
    head: [`one request after another, ${name}`, 'quiet', `${atOnce} sign in`, 'ratio'],
    rows: [row('median', median), row('99th of 100', (times) => percentile(times, 0.99))],
    note:
      `All ${atOnce} are signed in after ${figures(seconds, ' s')}. Of ${tooMany} at once ${turnedAway} were told to come again ` +
      `(429 with Retry-After), ${other} anything else but their session.`,
  };
}

/** Milliseconds of requests, one after another, as long as something is under way. */
async function requestsUntil(server: Server, ended: Promise<unknown>): Promise<readonly number[]> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  ended.then(over, over);
  const times: number[] = [];
  while (!isOver) {
    const started = performance.now();
    await (await call(server, '/iam/v1alpha1/users?page_size=1')).arrayBuffer();
    times.push(performance.now() - started);
  }
  return times;
}
