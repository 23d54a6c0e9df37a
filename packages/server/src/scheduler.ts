import type { Logger } from 'pino';

/** Something a server does again and again. What it needs, a clock included, is its own: the scheduler only starts it. */
export interface Job {
  /** Stands in the log when it fails. */
  readonly name: string;
  /** Time from the end of a run to the beginning of the next. */
  readonly everySeconds: number;
  /** @param stopping is aborted when the server stops: what can wait for the next start should not begin any more */
  run(stopping: AbortSignal): Promise<void>;
}

export interface Scheduler {
  /** Runs a job soon, and then again and again. */
  add(job: Job): void;
  /** Nothing begins any more; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Jobs begin when the server has answered its first requests, also on a machine that is restarted before each period ends. */
const firstDelaySeconds = 1;

/**
 * Periodic work of a server. A job never overlaps itself: the next run is planned when one has ended. One that fails is
 * logged and runs again. Several servers may share a database, so jobs claim what they work on there.
 */
export function createScheduler(log: Logger): Scheduler {
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const runs = new Set<Promise<void>>();

  const plan = (job: Job, seconds: number): void => {
    if (stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = runOnce(job).finally(() => runs.delete(run));
      runs.add(run);
    }, seconds * 1000);
    // A program that has nothing else to do may end.
    timer.unref();
    timers.add(timer);
  };

  const runOnce = async (job: Job): Promise<void> => {
    try {
      await job.run(stopping.signal);
    } catch (failure) {
      log.error({ err: failure, job: job.name }, 'periodic work failed; it is tried again');
    }
    plan(job, job.everySeconds);
  };

  return {
    add: (job) => plan(job, Math.min(firstDelaySeconds, job.everySeconds)),
    stop: async () => {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all(runs);
    },
  };
}
