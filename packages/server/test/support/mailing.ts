import pino from 'pino';
import { afterEach, beforeEach } from 'vitest';
import { authorizedPlatform } from '../../src/authorization/authorized.ts';
import type { Services } from '../../src/context.ts';
import { parseSender, parseSmtpUrl } from '../../src/mail/address.ts';
import { openMail } from '../../src/mail/content.ts';
import { createPostman, type Postman } from '../../src/mail/postman.ts';
import { type NewMail, queueMail } from '../../src/mail/queue.ts';
import { createSmtp } from '../../src/mail/smtp.ts';
import type { OutboxRow } from '../../src/mail/store.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { TestServer } from './server.ts';
import { startSmtp, type TestSmtp, type TestSmtpOptions } from './smtp.ts';

/** The mails of the outbox as they were queued, oldest first. */
export async function queuedMail({ storage, secrets }: Services): Promise<NewMail[]> {
  const rows = await storage.db.selectFrom('outbox').selectAll().orderBy('created_at').orderBy('kind').execute();
  return rows.map((row) => ({ to: row.recipient, ...openMail(secrets, row) }));
}

export const welcome = {
  kind: 'welcome',
  to: 'ada@example.org',
  locale: 'en_US',
  values: { name: 'Ada', organization: 'acme', signInUrl: 'https://iam.example.org/login?organization_id=1' },
} as const satisfies NewMail;
export const code = {
  kind: 'code',
  to: 'ada@example.org',
  locale: '',
  values: { code: '493817', minutes: '10' },
} as const satisfies NewMail;

/** The outbox of a server, postmen and mail servers for a test; all of it is gone after each. */
export function mailOf(server: Pick<TestServer, 'services' | 'organization' | 'clock'>) {
  const opened: { stop(): Promise<void> }[] = [];
  const servers: TestSmtp[] = [];
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  let metrics = createMetrics();

  beforeEach(async () => {
    lines.length = 0;
    metrics = createMetrics();
    await empty();
  });
  afterEach(async () => {
    for (const postman of opened.splice(0)) await postman.stop();
    for (const smtp of servers.splice(0)) await smtp.close();
  });

  const empty = () => server.services.storage.db.deleteFrom('outbox').execute();
  const outbox = (): Promise<OutboxRow[]> =>
    server.services.storage.db.selectFrom('outbox').selectAll().orderBy('created_at').execute();
  return {
    empty,
    outbox,
    /** All that was logged. */
    logged: () => lines.join(''),
    metrics: () => metrics.registry.metrics(),
    smtpServer: async (options?: TestSmtpOptions): Promise<TestSmtp> => {
      const started = await startSmtp(options);
      servers.push(started);
      return started;
    },
    postmanTo: (url: string, times: { attemptMs?: number; graceMs?: number } = {}): Postman => {
      const [to, from] = [parseSmtpUrl(url), parseSender('Bailiwick <iam@example.org>')];
      if (!to || !from) throw new Error(`${url} is no address of a mail server`);
      const postman = createPostman({ services: server.services, smtp: createSmtp(to, from), log, metrics, ...times });
      opened.push(postman);
      return postman;
    },
    queue: (mail: NewMail): Promise<void> => {
      const { services, organization, clock } = server;
      const scope = authorizedPlatform(organization.organizationId);
      return services.storage.transaction((db) => queueMail(services, { db, scope, now: clock.now() }, mail));
    },
    onlyMail: async (): Promise<OutboxRow> => {
      const [row, ...others] = await outbox();
      if (!row || others.length > 0) throw new Error('there is not one mail');
      return row;
    },
    send: async (postman: Postman): Promise<void> => {
      await postman.collect();
      await postman.idle();
    },
  };
}
