import { readFileSync } from 'node:fs';

/** Memory of a process at one moment. */
export interface Sample {
  /** Seconds since something began. */
  readonly at: number;
  readonly megabytes: number;
}

/** What the machine keeps for a process, in MB. Linux only; 0 elsewhere. */
export function residentMegabytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return 0;
  }
}

/** What was left on the heap after each full collection, from what `node --trace-gc` says; seconds since the process began. */
export function heapsAfterCollections(output: string): readonly Sample[] {
  const lines = output.matchAll(/^\[\d+:0x[0-9a-f]+\]\s+(\d+) ms: Mark-Compact .*?-> ([\d.]+) \(/gm);
  return [...lines].map(([, milliseconds, megabytes]) => ({
    at: Number(milliseconds) / 1000,
    megabytes: Number(megabytes),
  }));
}

/** By how much memory grows, in MB an hour: the line that fits best. Null for fewer than three samples. */
export function growthPerHour(samples: readonly Sample[]): number | null {
  if (samples.length < 3) return null;
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [time, size] = [mean(({ at }) => at), mean(({ megabytes }) => megabytes)];
  const along = samples.reduce((sum, { at, megabytes }) => sum + (at - time) * (megabytes - size), 0);
  const spread = samples.reduce((sum, { at }) => sum + (at - time) ** 2, 0);
  return spread === 0 ? null : (along / spread) * 3600;
}
