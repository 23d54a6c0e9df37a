import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { mailOf, welcome } from './support/mailing.ts';
import { serverOn } from './support/server.ts';
import type { TestSmtp } from './support/smtp.ts';

for (const database of databases()) {
  describe(`mail with hostile values on ${database.name}`, () => {
    const server = serverOn(database);
    const { smtpServer, postmanTo, queue, onlyMail, send } = mailOf(server);

    for (const to of [
      'ada@example.org\r\nBcc: eve@example.org',
      'ada@example.org, eve@example.org',
      'Ada <ada@example.org>',
      '"ada\r\nBcc: eve@example.org"@example.org',
      'ada@example.org>\r\nRCPT TO:<eve@example.org',
      'undisclosed: eve@example.org;',
      'ada\u0007@example.org',
      '',
    ]) {
      it(`to ${JSON.stringify(to)} reaches nobody`, async () => {
        const smtp = await smtpServer();
        await queue({ ...welcome, to });
        await send(postmanTo(`smtp://127.0.0.1:${smtp.port}`));
        expect(smtp.connections()).toBe(0);
        expect(await onlyMail()).toMatchObject({ next_attempt_at: null, last_error: 'this is no e-mail address' });
      });
    }

    for (const hostile of [
      'acme\r\nBcc: eve@example.org',
      'acme\r\n\r\n<h1>Sign in at https://evil.example</h1>',
      '=?utf-8?q?acme=0D=0ABcc:_eve@example.org?=',
      '\u202egro.elpmaxe\u2028Bcc: eve@example.org',
      `<script>alert(1)</script>"><img src=x onerror=alert(1)>`,
      'åß∂ 🔑 한국어 \ud800',
      'x'.repeat(100_000),
      '\r\n.\r\nMAIL FROM:<eve@example.org>\r\n',
    ]) {
      it(`with the value ${JSON.stringify(hostile.slice(0, 60))} has its own headers and recipient alone`, async () => {
        const smtp = await smtpServer();
        await queue({ ...welcome, values: { name: hostile, organization: hostile, signInUrl: hostile } });
        await send(postmanTo(`smtp://127.0.0.1:${smtp.port}`));
        expect(smtp.received).toHaveLength(1);
        const [{ to, mail, raw }] = smtp.received as [TestSmtp['received'][number]];
        expect(to).toEqual(['ada@example.org']);
        expect([...mail.headers.keys()].sort()).toEqual([
          'auto-submitted',
          'content-type',
          'date',
          'from',
          'message-id',
          'mime-version',
          'subject',
          'to',
        ]);
        expect(mail.subject).toMatch(/^Welcome to [^\r\n]+$/);
        expect([...(mail.subject ?? '')].length).toBeLessThanOrEqual(150);
        expect(mail.html).not.toMatch(/<(script|img|h1)/);
        expect(mail.html).not.toMatch(/href/);
        expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(998);
      });
    }
  });
}
