/**
 * Load of many different bodies from a process of its own: every client has its share of them and goes round. Started
 * with a file that holds the job, it prints what came of it. autocannon counts whole milliseconds, so times are taken here.
 */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import type { AskingJob, AskingResult } from './asking.ts';

const { url, headers, bodies, clients, seconds }: AskingJob = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

let share = 0;
const times: number[] = [];
const run = autocannon({
  url,
  method: 'POST',
  headers,
  connections: clients,
  duration: seconds,
  setupClient: (client) => {
    const own = bodies.filter((_, index) => index % clients === share % clients);
    share += 1;
    client.setRequests(own.map((body) => ({ body })));
  },
});
run.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
const result = await run;
times.sort((one, other) => one - other);
const at = (part: number) =>
  times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.POSITIVE_INFINITY;
const told: AskingResult = {
  answered: result['2xx'],
  failed: result.non2xx + result.errors + result.timeouts,
  seconds: result.duration,
  p50: at(0.5),
  p99: at(0.99),
};
console.log(JSON.stringify(told));
