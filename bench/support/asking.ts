import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from './processes.ts';

const program = join(import.meta.dirname, 'ask-many.ts');

/** Bodies that are posted as JSON by some clients, each its next when it has its answer. */
export interface AskingJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly clients: number;
  readonly seconds: number;
}

/** Times in milliseconds; endless ones when nothing was answered before the end. */
export interface AskingResult {
  readonly answered: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** What load brought, and what the server spent on it. */
export interface Asked extends AskingResult {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/**
 * Load from a process of its own on a server, whose processor time is read before and after.
 *
 * @throws Error when any request fails
 */
export async function askMany(job: AskingJob, pid: number): Promise<Asked> {
  const folder = mkdtempSync(join(tmpdir(), 'bailiwick-bench-'));
  try {
    const file = join(folder, 'job.json');
    writeFileSync(file, JSON.stringify(job));
    const before = cpuSeconds(pid);
    const { output } = await runNode([program, file]);
    const used = cpuSeconds(pid) - before;
    const result: AskingResult = JSON.parse(output);
    const { answered, failed, seconds } = result;
    if (failed > 0) throw new Error(`${job.url}: ${failed} requests failed`);
    return { ...result, perSecond: answered / seconds, cpuMicroseconds: (used * 1e6) / answered };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** User and system time of a process so far (Linux). */
function cpuSeconds(pid: number): number {
  // The name in brackets may hold spaces; user and system time are fields 14 and 15 of all.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** What a process holds of the memory now, or held at most so far (Linux), in MB. */
export function residentMegabytes(pid: number, when: 'now' | 'at most' = 'now'): number {
  const name = when === 'now' ? 'VmRSS' : 'VmHWM';
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) * 1_024) / 1e6;
}
