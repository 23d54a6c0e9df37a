import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { lastMail } from './support/mail.ts';
import { type Json, serverOn } from './support/server.ts';
import { password, signInOn } from './support/sign-in.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/sign-in.md'), 'utf8');
const example = /```http\n(\w+) (\S+)\n(.+)\n\n(\d+)\n(?:(.+)\n)?```/g;

for (const database of databases()) {
  describe(`docs/sign-in.md on ${database.name}`, () => {
    const server = serverOn(database);
    const auth = signInOn(server);

    it('every example gives the answer that stands below it', async () => {
      const { id } = await auth.member({ username: 'ada' });
      const names: Record<string, string> = { organization: server.organization.organizationId, user: id };
      const examples = [...page.matchAll(example)];
      expect(examples.length).toBe(page.split('```http').length - 1);
      for (const [, method = '', path = '', body = '', status = '', shown] of examples) {
        const raw = body.replaceAll(/<(\w+)>/g, (_, name: string) => names[name] ?? '');
        const answer = await server.call(method, path, { key: null, raw });
        expect([answer.status, answer.text === ''], `${path} ${body}`).toEqual([Number(status), shown === undefined]);
        if (shown !== undefined) expect(learn(answer.body, JSON.parse(shown), names)).toEqual(JSON.parse(shown));
        if (path.endsWith('send-code')) names.code = (await lastMail(server)).values.code ?? '';
        if (path.endsWith('recover'))
          names.link = new URL((await lastMail(server)).values.link ?? '').searchParams.get('token') ?? '';
      }
      expect(page).toContain(password);
    });
  });
}

/** The answer with placeholders where the page has them; their values are learned. */
function learn(answer: Json, shown: Json, names: Record<string, string>): Json {
  if (typeof shown === 'string' && typeof answer === 'string') {
    const name = /^<(\w+)>$/.exec(shown)?.[1];
    if (name === undefined) return answer;
    names[name] = answer;
    return shown;
  }
  if (typeof answer !== 'object' || Array.isArray(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, learn(value, shown?.[key], names)]));
}
