import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../../../test-support/databases.ts';
import { type RunningServer, serve } from '../src/serve.ts';
import { openStorage } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';
import { type Administration, administrationOf } from './support/administration.ts';
import type { Json } from './support/server.ts';

for (const database of databases()) {
  describe(`the link of a first start on ${database.name}`, () => {
    let created: TestDatabase;
    let administration: Administration;
    let server: RunningServer;
    let url: string;
    let told: ReadonlyMap<string, string>;
    let link: URL;

    beforeEach(async () => {
      created = await database.create();
      administration = administrationOf(created.url);
      const lines: string[] = [];
      const config = { ...administration.config, port: 0, logLevel: 'silent' };
      server = await serve(config, { out: (line) => void lines.push(line) });
      url = lines.at(-1)?.replace('listening on ', '') ?? '';
      const note = readFileSync(join(administration.data, 'first-start.txt'), 'utf8').trim();
      told = new Map(note.split('\n').map((line) => [line.slice(0, 17).trim(), line.slice(17)]));
      link = new URL(told.get('sign in once') ?? '');
    });
    afterEach(async () => {
      await server.stop();
      administration.remove();
      await created.drop();
    });

    const inDatabase = async <T>(work: (db: Storage['db']) => Promise<T>): Promise<T> => {
      const storage = await openStorage(created.url);
      return await work(storage.db).finally(() => storage.close());
    };
    /** Presses the button of the page. */
    const press = (token = link.searchParams.get('attempt') ?? '') => {
      const values = { attempt: token, code: link.searchParams.get('code') ?? '', step: 'code', return_to: '/' };
      return fetch(`${url}/auth/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', connection: 'close' },
        body: new URLSearchParams(values).toString(),
      });
    };
    const api = (method: string, path: string, body?: object) =>
      fetch(`${url}/iam/v1alpha1${path}`, {
        method,
        headers: {
          'x-auth-token': told.get('secret key') ?? '',
          connection: 'close',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    const ownerId = async (): Promise<string> => {
      const { users }: Json = await (await api('GET', '/users?type=owner')).json();
      return users[0].id;
    };

    it('has the address that the server listens on, and may be looked at as often as one likes', async () => {
      expect(link.origin).toBe(url);
      for (let count = 0; count < 3; count += 1) {
        const answer = await fetch(link, { headers: { accept: 'text/html', connection: 'close' } });
        expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
      expect((await press()).status).toBe(303);
    });

    it('of a hundred who use it at once one signs in, and nobody afterwards', async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => press()));
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      expect((await press()).status).toBe(401);
    });

    it('cannot be guessed from the code, and only its hash is kept', async () => {
      const token = link.searchParams.get('attempt') ?? '';
      expect((await press(`${token.slice(0, -9)}AA${token.slice(-7)}`)).status).toBe(401);
      const rows = await inDatabase((db) => db.selectFrom('sign_in_attempts').selectAll().execute());
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(token);
      expect(JSON.stringify(rows)).not.toContain(`"${link.searchParams.get('code')}"`);
    });

    it('works for a day', async () => {
      const [row] = await inDatabase((db) => db.selectFrom('sign_in_attempts').select('expires_at').execute());
      const hours = ((row?.expires_at ?? 0) / 1000 - Date.now()) / 3_600_000;
      expect(hours).toBeGreaterThan(23.9);
      expect(hours).toBeLessThanOrEqual(24);
      await inDatabase((db) => db.updateTable('sign_in_attempts').set({ expires_at: 1 }).execute());
      expect((await press()).status).toBe(401);
    });

    it('ends with a new password', async () => {
      const changed = await api('POST', `/users/${await ownerId()}/update-password`, {
        password: 'correct horse battery',
      });
      expect(changed.status).toBe(200);
      expect((await press()).status).toBe(401);
    });

    it('asks for the second factor that there is by now', async () => {
      const id = await ownerId();
      expect((await api('POST', `/users/${id}/mfa-otp`, {})).status).toBe(200);
      await inDatabase((db) => db.updateTable('one_time_passwords').set({ validated_at: 1 }).execute());
      const answer = await press();
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
      expect(await answer.text()).toContain('Code of your app, or a recovery code');
    });
  });
}
