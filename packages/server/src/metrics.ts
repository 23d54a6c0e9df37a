import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Standing } from './storage/standing.ts';
import type { Certificate } from './tls/certificate.ts';

/** What `GET /metrics` shows. */
export interface Metrics {
  readonly registry: Registry;
  /** One finished request; `operation` is its id in the contract, or a word for the rest. */
  request(operation: string, status: number, seconds: number): void;
  readonly mail: MailMetrics;
  /** Shows how certain it is that what is in memory is what the database holds. */
  watch(standing: Standing): void;
  watchCertificate(certificate: Pick<Certificate, 'endsAt'>): void;
}

/** Mail by its kind. */
export interface MailMetrics {
  sent(kind: string): void;
  /** One attempt. */
  failed(kind: string): void;
  givenUp(kind: string): void;
  waiting(mails: number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'bailiwick_requests_total',
    help: 'Requests by operation and status',
    labelNames: ['operation', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'bailiwick_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['operation'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  return {
    registry,
    mail: mailMetrics(registry),
    watch: (standing) => watchStanding(registry, standing),
    watchCertificate: (certificate) =>
      gauge(registry, 'bailiwick_certificate_ends_at_seconds', 'End of the TLS certificate, since 1970', () =>
        certificate.endsAt(),
      ),
    request(operation, status, seconds) {
      requests.inc({ operation, status });
      durations.observe({ operation }, seconds);
    },
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function watchStanding(registry: Registry, standing: Standing): void {
  gauge(registry, 'bailiwick_database_reachable', '1 while the database answers', () =>
    Number(standing.state() !== 'alone'),
  );
  gauge(
    registry,
    'bailiwick_knowledge_age_seconds',
    'Time since memory was known to be what the database holds; 0 while it is',
    () => standing.ageSeconds(),
  );
}

function mailMetrics(registry: Registry): MailMetrics {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['kind'], registers: [registry] });
  const sent = counter('bailiwick_mails_sent_total', 'Mails that a server has taken');
  const failed = counter('bailiwick_mail_attempts_failed_total', 'Attempts to send a mail that failed');
  const givenUp = counter('bailiwick_mails_given_up_total', 'Mails that are not tried again');
  const waiting = new Gauge({
    name: 'bailiwick_mails_waiting',
    help: 'Mails in the outbox that are still to be sent, by any server on the database',
    registers: [registry],
  });
  return {
    sent: (kind) => sent.inc({ kind }),
    failed: (kind) => failed.inc({ kind }),
    givenUp: (kind) => givenUp.inc({ kind }),
    waiting: (mails) => waiting.set(mails),
  };
}
