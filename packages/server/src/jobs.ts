import { announceEndingKeys } from './api-keys/expiry-notices.ts';
import { storeEverySeconds } from './api-keys/last-use.ts';
import { tidyEverySeconds } from './authorization/memory.ts';
import type { Config } from './config.ts';
import { sweepGracePeriods } from './grace-periods/sweep.ts';
import { adoptLogs } from './log-tree/adopt.ts';
import { removeEverySeconds, removeOldEntries } from './log-tree/retention.ts';
import { type MailParts, startMail } from './mail/jobs.ts';
import { createScheduler } from './scheduler.ts';
import { resealEverySeconds, resealSecrets } from './second-factors/reseal.ts';
import { takeSnapshot } from './snapshots/job.ts';

/**
 * What a server does again and again, without being asked.
 *
 * @returns how to stop it, beside the requests that come to an end: all of it takes no longer than the longest of it
 */
export async function startJobs(
  config: Pick<Config, 'mail' | 'data' | 'snapshotEvery' | 'logRetention'>,
  parts: MailParts,
): Promise<(requests: Promise<void>) => Promise<void>> {
  const { services, log } = parts;
  const scheduler = createScheduler(log);
  const { lastUse, rehash } = services;
  scheduler.add({ name: 'last use of API keys', everySeconds: storeEverySeconds, run: () => lastUse.store() });
  scheduler.add({ name: 'hashes of API keys', everySeconds: storeEverySeconds, run: () => rehash.store() });
  const { decisions, clock } = services;
  scheduler.add({ name: 'memory', everySeconds: tidyEverySeconds, run: async () => decisions.tidy(clock.now()) });
  /** One of the servers on a database is enough. */
  const addForLeader = (name: string, everySeconds: number, run: (stopping: AbortSignal) => Promise<void>) =>
    scheduler.add({
      name,
      everySeconds,
      run: async (stopping) => {
        if (services.storage.isLeader()) await run(stopping);
      },
    });
  addForLeader('ends of API keys', 600, (stopping) => announceEndingKeys(services, stopping));
  addForLeader('seals', resealEverySeconds, (stopping) => resealSecrets(services, stopping));
  addForLeader('ends of grace periods', 30, (stopping) => sweepGracePeriods(services, stopping));
  addForLeader('entries outside of the log tree', 600, (stopping) => adoptLogs(services, stopping));
  const { logRetention } = config;
  if (logRetention !== undefined)
    addForLeader('old entries of the log', removeEverySeconds, (stopping) =>
      removeOldEntries(services, logRetention, stopping),
    );
  if (config.snapshotEvery !== undefined)
    scheduler.add({
      name: 'snapshot',
      everySeconds: config.snapshotEvery,
      run: () => takeSnapshot(services, config),
    });
  const stopMail = await startMail(scheduler, config, parts);
  return async (requests) => {
    await Promise.all([requests, scheduler.stop(), stopMail()]);
    // After the last of them has used its key.
    await rehash.store().catch((failure: unknown) => log.error({ err: failure }, 'hashes of keys are not stored'));
    await lastUse
      .store()
      .catch((failure: unknown) => log.error({ err: failure }, 'the last use of keys is not stored'));
  };
}
