import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { claimMail, dueMail } from '../src/mail/store.ts';
import { code, mailOf, welcome } from './support/mailing.ts';
import { serverOn } from './support/server.ts';
import { refusal, startSmtp, type TestSmtp, type TestSmtpOptions } from './support/smtp.ts';

for (const database of databases()) {
  describe(`mail on ${database.name}`, () => {
    const server = serverOn(database);
    const { outbox, metrics, smtpServer, postmanTo, queue, onlyMail, send } = mailOf(server);

    it('is sent once, as plain text and as HTML, and what it said is wiped', async () => {
      const smtp = await smtpServer();
      const postman = postmanTo(`smtp://127.0.0.1:${smtp.port}`);
      await queue(welcome);
      await send(postman);
      await send(postman);
      expect(smtp.received).toHaveLength(1);
      const [{ from, to, mail, raw, secure }] = smtp.received as [TestSmtp['received'][number]];
      expect([from, to, secure]).toEqual(['iam@example.org', ['ada@example.org'], true]);
      expect(mail.from?.text).toBe('"Bailiwick" <iam@example.org>');
      expect(mail.subject).toBe('Welcome to acme');
      expect(mail.text).toContain('Hello Ada,');
      expect(mail.text).toContain(welcome.values.signInUrl);
      expect(mail.html).toContain(`href="${welcome.values.signInUrl}"`);
      expect(raw).toContain('Auto-Submitted: auto-generated');
      const row = await onlyMail();
      expect(row).toMatchObject({ sealed_content: null, next_attempt_at: null, attempts: 1, last_error: '' });
      expect(row.sent_at).not.toBeNull();
      expect(mail.messageId).toBe(`<${row.id}@example.org>`);
      expect(await metrics()).toContain('bailiwick_mails_sent_total{kind="welcome"} 1');
    });

    it('is tried again after a refusal for now, later each time, and arrives with the same Message-ID', async () => {
      const ids: unknown[] = [];
      const decide: TestSmtpOptions['decide'] = ({ mail }, attempt) => {
        ids.push(mail.messageId);
        if (attempt < 4) throw refusal(451, 'busy');
      };
      const smtp = await smtpServer({ decide });
      const postman = postmanTo(`smtp://127.0.0.1:${smtp.port}`);
      await queue(welcome);
      const waits: number[] = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await send(postman);
        const { next_attempt_at: next } = await onlyMail();
        waits.push(Math.round(((next ?? 0) - server.clock.now()) / 1_000_000));
        await send(postman);
        server.clock.advance(waits.at(-1) ?? 0);
      }
      expect(waits).toEqual([5, 20, 80]);
      await send(postman);
      expect(smtp.received).toHaveLength(1);
      expect(new Set(ids).size).toBe(1);
      expect(await onlyMail()).toMatchObject({ attempts: 4, sealed_content: null, last_error: '' });
      expect(await metrics()).toContain('bailiwick_mail_attempts_failed_total{kind="welcome"} 3');
    });

    it('to a server that is not there is given up after five days, and is kept to be shown', async () => {
      const gone = await startSmtp();
      await gone.close();
      const postman = postmanTo(`smtp://127.0.0.1:${gone.port}`);
      await queue(welcome);
      let days = 0;
      let attempts = 0;
      for (; (await onlyMail()).next_attempt_at !== null && attempts < 200; attempts += 1) {
        await send(postman);
        const { next_attempt_at: next } = await onlyMail();
        const wait = next === null ? 0 : (next - server.clock.now()) / 1_000_000;
        server.clock.advance(wait);
        days += wait / 86_400;
      }
      expect(days).toBeGreaterThan(4.9);
      expect(days).toBeLessThan(5);
      const row = await onlyMail();
      expect(row.sent_at).toBeNull();
      expect(row.sealed_content).not.toBeNull();
      expect(row.last_error).toContain('ECONNREFUSED');
      expect(await metrics()).toContain('bailiwick_mails_given_up_total{kind="welcome"} 1');
    });

    it('with a code is given up when the code has ended, also before the first attempt', async () => {
      const smtp = await smtpServer();
      await queue(code);
      server.clock.advance(600);
      await send(postmanTo(`smtp://127.0.0.1:${smtp.port}`));
      expect(smtp.connections()).toBe(0);
      expect(await onlyMail()).toMatchObject({ next_attempt_at: null, sent_at: null, last_error: 'its time is over' });
    });

    it('a slow server holds back nobody else', async () => {
      const held = Promise.withResolvers<void>();
      const smtp = await smtpServer({ decide: ({ to }) => (to[0] === 'slow@example.org' ? held.promise : undefined) });
      const postman = postmanTo(`smtp://127.0.0.1:${smtp.port}`);
      await queue({ ...welcome, to: 'slow@example.org' });
      await queue(code);
      await postman.collect();
      await expect.poll(() => smtp.received.map(({ to }) => to[0])).toEqual(['ada@example.org']);
      held.resolve();
      await postman.idle();
      expect(smtp.received).toHaveLength(2);
    });

    it('of one outbox is sent exactly once by several servers, as long as nothing fails', async () => {
      const smtp = await smtpServer();
      for (let number = 0; number < 60; number += 1) await queue({ ...welcome, to: `user${number}@example.org` });
      const postmen = [1, 2, 3, 4].map(() => postmanTo(`smtp://127.0.0.1:${smtp.port}`));
      while ((await outbox()).some(({ sent_at: sentAt }) => sentAt === null)) await Promise.all(postmen.map(send));
      const recipients = smtp.received.map(({ to }) => to[0]);
      expect(recipients).toHaveLength(60);
      expect(new Set(recipients).size).toBe(60);
      expect((await outbox()).every(({ attempts }) => attempts === 1)).toBe(true);
    });

    it('that a server has on its way when it stops gets a moment, and then waits for the next start', async () => {
      const held = Promise.withResolvers<void>();
      const smtp = await smtpServer({ decide: (_mail, attempt) => (attempt === 1 ? held.promise : undefined) });
      await queue(welcome);
      const postman = postmanTo(`smtp://127.0.0.1:${smtp.port}`, { graceMs: 200 });
      await postman.collect();
      await expect.poll(() => smtp.connections()).toBe(1);
      await postman.stop();
      await postman.collect();
      expect(await onlyMail()).toMatchObject({ attempts: 1, sent_at: null });
      held.reject(new Error('too late'));
      server.clock.advance(10);
      await send(postmanTo(`smtp://127.0.0.1:${smtp.port}`));
      expect(smtp.received).toHaveLength(1);
    });

    it('that a server took with it is due again when the lease ends, not before', async () => {
      const smtp = await smtpServer();
      await queue(welcome);
      const { db } = server.services.storage;
      const [seen] = await dueMail(db, server.clock.now(), 1);
      if (!seen) throw new Error('nothing is due');
      const leaseEnds = server.clock.now() + 120_000_000;
      expect(await claimMail(db, seen, leaseEnds)).toBeDefined();
      expect(await claimMail(db, seen, leaseEnds)).toBeUndefined();
      const postman = postmanTo(`smtp://127.0.0.1:${smtp.port}`);
      server.clock.advance(119);
      await send(postman);
      expect(smtp.received).toHaveLength(0);
      server.clock.advance(2);
      await send(postman);
      expect(smtp.received).toHaveLength(1);
    });

    it('sealed under another server key is told of, not sent', async () => {
      const smtp = await smtpServer();
      await queue(welcome);
      await server.services.storage.db.updateTable('outbox').set({ sealed_content: 'AAAA' }).execute();
      await send(postmanTo(`smtp://127.0.0.1:${smtp.port}`));
      expect((await onlyMail()).last_error).toBe('this server key does not open the mail');
      expect(smtp.connections()).toBe(0);
    });
  });
}
