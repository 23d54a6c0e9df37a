import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Services } from '../context.ts';
import type { Metrics } from '../metrics.ts';
import type { Scheduler } from '../scheduler.ts';
import { keptFor } from './patience.ts';
import { countWaiting, deleteOldMail, markKept } from './store.ts';

export interface MailParts {
  readonly services: Services;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * What a server does about mail: sends it, or says that it is kept where it may not send.
 *
 * @returns how to stop sending
 */
export async function startMail(
  scheduler: Scheduler,
  { mail }: Pick<Config, 'mail'>,
  parts: MailParts,
): Promise<() => Promise<void>> {
  scheduler.add({ name: 'mail housekeeping', everySeconds: 15, run: () => keepHouse(parts) });
  if (mail === undefined) {
    scheduler.add({ name: 'kept mail', everySeconds: 5, run: () => tellOfKeptMail(parts) });
    return async () => {};
  }
  // A server that sends no mail need not load what sends it.
  const [{ createPostman }, { createSmtp }] = await Promise.all([import('./postman.ts'), import('./smtp.ts')]);
  const postman = createPostman({ ...parts, smtp: createSmtp(mail.smtp, mail.from) });
  scheduler.add({ name: 'mail', everySeconds: 1, run: () => postman.collect() });
  return () => postman.stop();
}

/** Never what a mail says: that is for its recipient, and for who may open the outbox. */
export async function tellOfKeptMail({ services, log }: Pick<MailParts, 'services' | 'log'>): Promise<void> {
  for (const { id, kind } of await markKept(services.storage.db, 100))
    log.warn({ mail: id, kind }, 'mail is kept, since there is no --smtp-url: `bailiwick outbox` shows it');
}

export async function keepHouse({ services, log, metrics }: MailParts): Promise<void> {
  const { storage, clock } = services;
  const unsent = await deleteOldMail(storage.db, clock.now() - keptFor);
  if (unsent > 0) log.warn({ mails: unsent }, 'old mail that was never sent is deleted');
  metrics.mail.waiting(await countWaiting(storage.db));
}
