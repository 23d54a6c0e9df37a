import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScheduler, type Scheduler } from '../src/scheduler.ts';

describe('periodic work', () => {
  const lines: string[] = [];
  let scheduler: Scheduler;
  beforeEach(() => {
    vi.useFakeTimers();
    lines.length = 0;
    scheduler = createScheduler(pino({}, { write: (line: string) => void lines.push(line) }));
  });
  afterEach(() => void vi.useRealTimers());

  it('begins soon after the start, however long its period is, and comes again after each', async () => {
    const runs: number[] = [];
    const began = Date.now();
    scheduler.add({ name: 'daily', everySeconds: 86_400, run: async () => void runs.push(Date.now() - began) });
    await vi.advanceTimersByTimeAsync(2 * 86_400_000 + 1_000);
    expect(runs).toEqual([1_000, 86_401_000, 172_801_000]);
  });

  it('never overlaps itself: the period begins when a run has ended', async () => {
    let under = 0;
    let most = 0;
    let runs = 0;
    const run = async () => {
      under += 1;
      runs += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      under -= 1;
    };
    scheduler.add({ name: 'slow', everySeconds: 1, run });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([most, runs]).toEqual([1, 6]);
  });

  it('that fails is logged with its name, disturbs nobody and runs again', async () => {
    let failures = 0;
    let others = 0;
    const count = async () => {
      others += 1;
    };
    const run = async () => {
      failures += 1;
      throw new Error('no connection');
    };
    scheduler.add({ name: 'broken', everySeconds: 1, run });
    scheduler.add({ name: 'whole', everySeconds: 1, run: count });
    await vi.advanceTimersByTimeAsync(3_000);
    expect([failures, others]).toEqual([3, 3]);
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      Array(3).fill(expect.objectContaining({ level: 50, job: 'broken', err: expect.objectContaining({}) })),
    );
  });

  it('that throws before it waits is a failure like any other', async () => {
    let runs = 0;
    const run = () => {
      runs += 1;
      throw new Error('at once');
    };
    scheduler.add({ name: 'broken', everySeconds: 1, run });
    await vi.advanceTimersByTimeAsync(2_000);
    expect([runs, lines.length]).toEqual([2, 2]);
  });

  it('ends with the server: it is told, what runs is waited for, and nothing begins any more', async () => {
    const ended: string[] = [];
    const run = async (stopping: AbortSignal) => {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      ended.push(stopping.aborted ? 'was told' : 'was not told');
    };
    scheduler.add({ name: 'long', everySeconds: 1, run });
    await vi.advanceTimersByTimeAsync(2_000);
    let stopped = false;
    const stopping = scheduler.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([ended, stopped]).toEqual([[], false]);
    await vi.advanceTimersByTimeAsync(60_000);
    await stopping;
    expect([ended, stopped]).toEqual([['was told'], true]);
    scheduler.add({ name: 'late', everySeconds: 1, run: async () => void ended.push('late') });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).toEqual(['was told']);
  });

  it('keeps no program from ending', () => {
    vi.useRealTimers();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    scheduler.add({ name: 'patient', everySeconds: 3600, run: async () => {} });
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(before);
  });
});
