import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../packages/server/src/storage/open.ts';
import { startSmtp, type TestSmtp } from '../packages/server/test/support/smtp.ts';
import { databases, type TestDatabase } from '../test-support/databases.ts';
import {
  callApi,
  dataFolder,
  type Json,
  removeData,
  runBailiwick,
  runScw,
  type ServerProcess,
  type ServerSetting,
  startServer,
} from './support/server-process.ts';

const wait = { timeout: 15_000, interval: 50 };

for (const database of databases()) {
  describe(`mail of real servers on ${database.name}`, { timeout: 60_000 }, () => {
    let created: TestDatabase;
    let data: string;
    let members = 0;
    const servers: ServerProcess[] = [];
    const smtps: TestSmtp[] = [];
    let first: ServerProcess;

    beforeAll(async () => {
      created = await database.create();
      data = dataFolder();
    });
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.stop();
      for (const smtp of smtps.splice(0)) await smtp.close();
      const storage = await openStorage(created.url);
      await storage.db.deleteFrom('outbox').execute();
      await storage.close();
    });
    afterAll(async () => {
      removeData(first);
      await created.drop();
    });

    const start = async (setting: Partial<ServerSetting> = {}): Promise<ServerProcess> => {
      const server = await startServer({ databaseUrl: created.url, data, logLevel: 'info', ...setting });
      servers.push(server);
      first = server;
      return server;
    };
    const sendingTo = (smtp: TestSmtp) => ({
      BAILIWICK_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      BAILIWICK_MAIL_FROM: 'Bailiwick <iam@example.org>',
      BAILIWICK_PUBLIC_URL: 'https://iam.example.org',
    });
    const smtpServer = async (decide?: () => Promise<void> | void): Promise<TestSmtp> => {
      const smtp = await startSmtp(decide ? { decide } : {});
      smtps.push(smtp);
      return smtp;
    };
    const createMember = async (
      server: ServerProcess,
      member: Json = { send_welcome_email: true },
    ): Promise<string> => {
      members += 1;
      const email = `user${members}@example.org`;
      const body = { member: { email, username: `user${members}`, ...member } };
      const answer = await callApi(server, 'POST', '/iam/v1alpha1/users', body);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return email;
    };
    const outbox = async (...words: string[]) =>
      runBailiwick(['outbox', ...words, '--data', data, '--database-url', created.url]);
    const recipients = (smtp: TestSmtp) => smtp.received.map(({ to }) => to[0]);

    it('without --smtp-url is kept and said to be, is shown to who has the machine, and is sent later', async () => {
      const server = await start({ env: { BAILIWICK_PUBLIC_URL: 'https://iam.example.org' } });
      const password = 'correct horse battery staple';
      await createMember(server, { send_welcome_email: true, send_password_email: true, password });
      await expect.poll(() => server.errors().match(/mail is kept/g)?.length, wait).toBe(2);
      expect(server.errors()).not.toContain(password);

      const listed = await outbox();
      expect(listed.stdout.match(/ {2}kept {2}(welcome|password) {2}user1@example.org/g)).toHaveLength(2);
      expect(listed.stdout).not.toContain(password);
      expect(listed.stderr).toContain('passwords, codes and links');
      const id = /^(\S+) .* password /m.exec(listed.stdout)?.[1] ?? '';
      const shown = await outbox('show', id);
      expect(shown.stdout).toContain('To: user1@example.org\n');
      expect(shown.stdout).toContain('Subject: Your password for');
      expect(shown.stdout).toContain(`Password: ${password}\n`);
      expect(shown.stderr).toContain('show it to nobody but its recipient');

      await server.stop();
      const smtp = await smtpServer();
      await start({ env: sendingTo(smtp) });
      await expect.poll(() => smtp.received.length, wait).toBe(2);
      const welcome = smtp.received.find(({ mail }) => mail.subject?.startsWith('Welcome'));
      expect(welcome?.mail.html).toContain(`href="https://iam.example.org/auth/sign-in?organization_id=`);
      await expect.poll(async () => (await outbox()).stdout.match(/ {2}sent {2}/g)?.length, wait).toBe(2);
      const wiped = await outbox('show', id);
      expect(wiped.stdout + wiped.stderr).not.toContain(password);
      expect(wiped.stderr).toContain('wiped');
    });

    it('a mail that is not there, and a word that is no command, are refused', async () => {
      await start();
      for (const words of [['show'], ['show', 'nothing'], ['shwo']]) {
        const { code, stderr } = await outbox(...words);
        expect([words, code]).toEqual([words, 1]);
        expect(stderr).toMatch(/^bailiwick: /);
      }
    });

    it('of servers that are killed while they send is sent by others: each at least once, with one Message-ID', async () => {
      let holding = true;
      let began = 0;
      const held = Promise.withResolvers<void>();
      const smtp = await smtpServer(() => {
        began += 1;
        return holding && began % 2 === 0 ? held.promise : undefined;
      });
      const server = await start({ env: sendingTo(smtp) });
      const wanted: string[] = [];
      for (let number = 0; number < 12; number += 1) wanted.push(await createMember(server));
      await expect.poll(() => began, wait).toBeGreaterThanOrEqual(6);
      await server.kill();
      servers.splice(servers.indexOf(server), 1);
      holding = false;
      // Its server did take some of those that it held, but had nobody left to tell.
      held.resolve();

      // The two minutes of the lease, without waiting for them.
      const storage = await openStorage(created.url);
      await storage.db
        .updateTable('outbox')
        .set({ next_attempt_at: 1 })
        .where('next_attempt_at', 'is not', null)
        .execute();
      await storage.close();
      await start({ env: sendingTo(smtp) });
      await expect.poll(() => new Set(recipients(smtp)).size, wait).toBe(wanted.length);
      expect(new Set(recipients(smtp))).toEqual(new Set(wanted));
      const ids = new Set(smtp.received.map(({ mail }) => mail.messageId));
      expect(ids.size).toBe(wanted.length);
    });

    it('of two servers on one database is sent exactly once', async () => {
      const smtp = await smtpServer();
      const both = [await start({ env: sendingTo(smtp) }), await start({ env: sendingTo(smtp) })];
      const wanted = await Promise.all(
        both.flatMap((server) => Array.from({ length: 15 }, () => createMember(server))),
      );
      await expect.poll(() => smtp.received.length, wait).toBeGreaterThanOrEqual(wanted.length);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(recipients(smtp).sort()).toEqual([...wanted].sort());
      const metrics = await Promise.all(both.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
      const sent = metrics.map((text) =>
        Number(/bailiwick_mails_sent_total\{kind="activation"\} (\d+)/.exec(text)?.[1] ?? 0),
      );
      expect(sent.reduce((sum, number) => sum + number)).toBe(wanted.length);
    });

    it('the last use of a key is stored when a server stops, and shown by scw', async () => {
      const server = await start();
      await callApi(server, 'GET', '/iam/v1alpha1/users');
      await server.stop();
      servers.splice(servers.indexOf(server), 1);
      const again = await start();
      const { stdout } = await runScw(again, ['iam', 'api-key', 'list-uses', '-o', 'json']);
      const [{ access_key: accessKey, last_used_at: lastUsedAt }] = JSON.parse(stdout);
      expect(accessKey).toBe(again.accessKey);
      expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(120_000);
      expect((await runScw(again, ['iam', 'api-key', 'list-uses'])).stdout).toMatch(/ACCESS KEY +LAST USED AT/);
    });
  });
}
