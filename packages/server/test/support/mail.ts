import type { TestServer } from './server.ts';

export interface QueuedMail {
  readonly kind: string;
  readonly to: string;
  readonly locale: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Mails in the outbox, oldest first, opened. */
export async function mailsOf({ services }: Pick<TestServer, 'services'>): Promise<readonly QueuedMail[]> {
  const rows = await services.storage.db.selectFrom('outbox').selectAll().orderBy('created_at').orderBy('id').execute();
  return rows.map(({ kind, recipient, sealed_content }) => ({
    kind,
    to: recipient,
    ...JSON.parse(services.secrets.open(sealed_content ?? '')),
  }));
}

export async function lastMail(server: Pick<TestServer, 'services'>): Promise<QueuedMail> {
  const mail = (await mailsOf(server)).at(-1);
  if (!mail) throw new Error('no mail was queued');
  return mail;
}
