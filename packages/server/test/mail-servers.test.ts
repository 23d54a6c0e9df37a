import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { code, mailOf, welcome } from './support/mailing.ts';
import { serverOn } from './support/server.ts';
import { certificate, refusal, type TestSmtpOptions } from './support/smtp.ts';

for (const database of databases()) {
  describe(`mail to servers of all kinds on ${database.name}`, () => {
    const server = serverOn(database);
    const { empty, logged, smtpServer, postmanTo, queue, onlyMail, send } = mailOf(server);

    it('whose recipient is refused for good is given up at once; one whose sender is refused is not', async () => {
      const smtp = await smtpServer({
        onRcptTo: ({ address }, _session, done) =>
          done(address.startsWith('nobody') ? refusal(550, '5.1.1 no such user') : null),
        onMailFrom: (_address, _session, done) => done(refusing ? refusal(550, '5.7.1 not from you') : null),
      });
      let refusing = false;
      const postman = postmanTo(`smtp://127.0.0.1:${smtp.port}`);
      await queue({ ...welcome, to: 'nobody@example.org' });
      await send(postman);
      expect(await onlyMail()).toMatchObject({ next_attempt_at: null, attempts: 1, sent_at: null });
      expect((await onlyMail()).last_error).toContain('RCPT TO 550 5.1.1 no such user');

      await empty();
      refusing = true;
      await queue(welcome);
      await send(postman);
      expect((await onlyMail()).next_attempt_at).not.toBeNull();
    });

    it('that is refused by its content leaves nothing of the content in the outbox and the log', async () => {
      const decide = () => {
        throw refusal(554, `5.7.1 spam: 493817 ${welcome.values.signInUrl}`);
      };
      const smtp = await smtpServer({ decide });
      await queue(code);
      await send(postmanTo(`smtp://127.0.0.1:${smtp.port}`));
      const row = await onlyMail();
      expect(row.last_error).toBe('EMESSAGE DATA 554 5.7.1');
      expect(row.next_attempt_at).toBeNull();
      expect(JSON.stringify(row)).not.toContain('493817');
      expect(logged()).not.toContain('493817');
      expect(logged()).toContain('mail is given up');
    });

    it('is sent with user and password over TLS, and waits while they are wrong', async () => {
      const seen: unknown[] = [];
      const smtp = await smtpServer({
        authOptional: false,
        onAuth: ({ username, password }, session, done) => {
          seen.push([username, password, session.secure]);
          if (password === 'p@ss:word') done(null, { user: username });
          else done(refusal(535, '5.7.8 wrong'));
        },
      });
      await queue(welcome);
      await send(postmanTo(`smtp://ada%40example.org:wrong@127.0.0.1:${smtp.port}`));
      expect((await onlyMail()).next_attempt_at).not.toBeNull();
      expect((await onlyMail()).last_error).toContain('EAUTH');
      server.clock.advance(10);
      await send(postmanTo(`smtp://ada%40example.org:p%40ss%3Aword@127.0.0.1:${smtp.port}`));
      expect(smtp.received).toHaveLength(1);
      expect(seen.at(-1)).toEqual(['ada@example.org', 'p@ss:word', true]);
      expect(logged()).not.toContain('p@ss');
    });

    it('is not sent in plain text, nor under a certificate that nobody knows, where TLS is required', async () => {
      let asked = 0;
      const onAuth: TestSmtpOptions['onAuth'] = (_auth, _session, done) => {
        asked += 1;
        done(null, { user: 'ada' });
      };
      const plain = await smtpServer({ hideSTARTTLS: true, allowInsecureAuth: true, onAuth });
      const unknown = await smtpServer({ onAuth });
      const fromTheStart = await smtpServer({ secure: true, onAuth });
      for (const url of [
        `smtp://ada:secret@127.0.0.1:${plain.port}?tls=required`,
        `smtp://ada:secret@127.0.0.1:${unknown.port}?tls=required`,
        `smtps://ada:secret@127.0.0.1:${fromTheStart.port}`,
      ]) {
        await empty();
        await queue(welcome);
        await send(postmanTo(url));
        expect((await onlyMail()).next_attempt_at, url).not.toBeNull();
        expect((await onlyMail()).sent_at, url).toBeNull();
      }
      expect(asked).toBe(0);
      expect([plain, unknown, fromTheStart].map(({ received }) => received.length)).toEqual([0, 0, 0]);
    });

    it('is sent where TLS is required, by STARTTLS and from the start, under a certificate that is known', async () => {
      const known = getCACertificates('default');
      setDefaultCACertificates([...known, certificate.cert]);
      try {
        const later = await smtpServer({
          authOptional: false,
          onAuth: (_auth, _session, done) => done(null, { user: 'a' }),
        });
        const fromTheStart = await smtpServer({ secure: true });
        await queue(welcome);
        await send(postmanTo(`smtp://ada:secret@127.0.0.1:${later.port}?tls=required`));
        await queue(code);
        await send(postmanTo(`smtps://127.0.0.1:${fromTheStart.port}`));
        expect([later, fromTheStart].map(({ received }) => received.map(({ secure }) => secure))).toEqual([
          [true],
          [true],
        ]);
      } finally {
        setDefaultCACertificates(known);
      }
    });

    it('to a server that says nothing, or drips its answer, ends with the attempt and is tried again', async () => {
      for (const drips of [false, true]) {
        const silent = createServer((socket) => {
          socket.on('error', () => {});
          const dripping = drips ? setInterval(() => socket.write('2'), 50) : undefined;
          socket.on('close', () => clearInterval(dripping));
        });
        await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
        const address = silent.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        await empty();
        await queue(welcome);
        const began = performance.now();
        await send(postmanTo(`smtp://127.0.0.1:${port}`, { attemptMs: 500 }));
        expect(performance.now() - began).toBeLessThan(3_000);
        expect(await onlyMail()).toMatchObject({ attempts: 1, sent_at: null });
        expect((await onlyMail()).next_attempt_at).not.toBeNull();
        await new Promise((resolve) => silent.close(resolve));
      }
    });
  });
}
