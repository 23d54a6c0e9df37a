import type { Logger } from 'pino';
import type { Services } from '../context.ts';
import type { Metrics } from '../metrics.ts';
import { compose } from './compose.ts';
import { openMail } from './content.ts';
import { backOff, lifetime } from './patience.ts';
import { SendingFailed, type Smtp } from './smtp.ts';
import { claimMail, dueMail, markFailed, markSent, type OutboxRow } from './store.ts';

/** Sends what is in the outbox. */
export interface Postman {
  /** Begins to send what is due, as much as there is room for. */
  collect(): Promise<void>;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  /** Begins nothing more; what is on its way gets a moment, then waits for the next start. */
  stop(): Promise<void>;
}

export interface PostmanParts {
  readonly services: Pick<Services, 'storage' | 'clock' | 'secrets' | 'settings'>;
  readonly smtp: Smtp;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'mail'>;
  /** Longest time of one attempt. */
  readonly attemptMs?: number;
  /** What is on its way when the server stops may take so long. */
  readonly graceMs?: number;
}

/** Slow servers of single recipients hold back nobody else, as long as they are fewer. */
const atOnce = 10;
const defaultAttemptMs = 60_000;
const defaultGraceMs = 5_000;

/**
 * Each mail is claimed in the database before it is sent, and marked after: exactly once as long as nothing fails. What a
 * server had on its way when it was killed is due again when the lease ends; if the mail had been taken already, it arrives
 * twice, with the same Message-ID.
 */
export function createPostman({ services, smtp, log, metrics, ...times }: PostmanParts): Postman {
  const { storage, clock, secrets, settings } = services;
  const { attemptMs = defaultAttemptMs, graceMs = defaultGraceMs } = times;
  /** INVARIANT: longer than an attempt, so that nobody takes what is still on its way. */
  const lease = 2 * attemptMs * 1000;
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();
  let stopped = false;

  const deliver = async (claimed: OutboxRow): Promise<void> => {
    const { id, kind, recipient: to, created_at: createdAt } = claimed;
    try {
      const mail = openMail(secrets, claimed);
      // Checked here, too: it may have waited long for a server that may send.
      if (createdAt + lifetime(mail.values) <= clock.now()) throw new SendingFailed('its time is over', true);
      const signal = AbortSignal.any([AbortSignal.timeout(attemptMs), ending.signal]);
      await smtp.send({ id, to, createdAt, ...compose(mail, settings.publicUrl()) }, signal);
    } catch (failure) {
      return recordFailure(claimed, failure);
    }
    await markSent(storage.db, claimed, clock.now());
    metrics.mail.sent(kind);
    log.info({ mail: id, kind }, 'mail is sent');
  };

  const recordFailure = async (claimed: OutboxRow, failure: unknown): Promise<void> => {
    const { id, kind, attempts } = claimed;
    const reason = failure instanceof Error ? failure.message : 'unknown failure';
    const next = clock.now() + backOff(attempts);
    const isOver = (failure instanceof SendingFailed && failure.forGood) || next >= endOf(claimed);
    await markFailed(storage.db, claimed, isOver ? null : next, reason);
    metrics.mail.failed(kind);
    if (isOver) metrics.mail.givenUp(kind);
    log.warn({ mail: id, kind, attempts, reason }, isOver ? 'mail is given up' : 'mail could not be sent yet');
  };

  const endOf = (claimed: OutboxRow): number => {
    try {
      return claimed.created_at + lifetime(openMail(secrets, claimed).values);
    } catch {
      return claimed.created_at + lifetime({});
    }
  };

  const begin = (claimed: OutboxRow): void => {
    const delivery = deliver(claimed)
      // The lease brings it back.
      .catch((failure: unknown) =>
        log.error({ err: failure, mail: claimed.id }, 'what became of a mail is not recorded'),
      )
      .finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  };

  return {
    collect: async () => {
      const room = atOnce - underWay.size;
      if (stopped || room <= 0) return;
      for (const seen of await dueMail(storage.db, clock.now(), room)) {
        if (stopped) return;
        const claimed = await claimMail(storage.db, seen, clock.now() + lease);
        if (claimed) begin(claimed);
      }
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop: async () => {
      stopped = true;
      const grace = setTimeout(() => ending.abort(), graceMs);
      while (underWay.size > 0) await Promise.all(underWay);
      clearTimeout(grace);
    },
  };
}
