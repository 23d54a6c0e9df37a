import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { serverOn } from './support/server.ts';
import { password, signInOn } from './support/sign-in.ts';
import { visitorOf } from './support/visitor.ts';

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

for (const database of databases()) {
  describe(`the console on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    const auth = signInOn(server);
    beforeEach(async () => {
      await auth.forgetTries();
    });
    const get = (path: string, headers: Readonly<Record<string, string>> = html) =>
      server.call('GET', path, { key: null, headers });

    it.each(['/', '/users', '/users/6f0c0000-0000-4000-8000-000000000001?x=y', '/nowhere', '/iamnot', '/authors'])(
      'is the page that a browser gets at %s',
      async (path) => {
        const { status, headers, text } = await get(path);
        expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
        expect(text).toContain('<div id="root">');
        expect(headers['cache-control']).toBe('no-store');
      },
    );

    it('runs scripts of the server alone, and styles that carry the number of this very answer', async () => {
      const nonceOf = ({ text }: { readonly text: string }) =>
        /name="csp-nonce" content="([^"]+)"/.exec(text)?.[1] ?? '';
      const [one, other] = [await get('/'), await get('/')];
      expect(nonceOf(one)).toMatch(/^[A-Za-z0-9+/]{22}==$/);
      expect(nonceOf(one)).not.toBe(nonceOf(other));
      expect(one.headers['content-security-policy']).toBe(
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonceOf(one)}'; img-src 'self' data:; ` +
          "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(one.text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=/);
    });

    it.each([
      '/iam/v1alpha1/nothing',
      '/account/v3/nothing',
      '/auth/nothing',
      '/auth/v1/nothing',
      '/access/v1/nothing',
      '/.well-known/nothing',
    ])('is not what stands at %s: programs are told errors there', async (path) => {
      const { status, body } = await get(path);
      expect([status, body.type]).toEqual([401, 'denied_authentication']);
    });

    it('has no page in place of a file that is not there', async () => {
      const { status, body, headers } = await get('/assets/nothing.js');
      expect([status, body.type, headers['content-type']]).toEqual([404, 'not_found', 'application/json']);
    });

    it('is nothing to programs', async () => {
      for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }])
        expect((await get('/users', headers)).status).toBe(401);
      expect((await server.call('POST', '/users', { key: null, headers: html })).status).toBe(401);
    });

    it('has files that stay as they are, compressed when they were built', async () => {
      const script = /src="(\/assets\/[^"]+\.js)"/.exec((await get('/')).text)?.[1] ?? '';
      const plain = await get(script, {});
      expect(plain.headers).toMatchObject({
        'content-type': expect.stringContaining('javascript'),
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
      const small = await get(script, { 'accept-encoding': 'br' });
      expect(small.headers['content-encoding']).toBe('br');
      expect(Number(small.headers['content-length'])).toBeLessThan(Number(plain.headers['content-length']) / 2);
    });

    it.each([
      '/assets/../index.html',
      '/assets/%2e%2e/index.html',
      '/assets/..%2f..%2fpackage.json',
      '/assets/',
      '/assets//etc/passwd',
    ])('has no file beside those: %s', async (path) => {
      const { status, text } = await get(path, {});
      expect([400, 401, 403, 404]).toContain(status);
      expect(text).not.toMatch(/root:|bailiwick\/console|<html/);
    });

    it('is small enough to be there at once', () => {
      const page = readFileSync(new URL('../../console/dist/index.html', import.meta.url), 'utf8');
      const files = new Set([...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path));
      const sizes = [...files].map(
        (path) => readFileSync(new URL(`../../console/dist${path}.gz`, import.meta.url)).length,
      );
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250_000);
    });

    describe('its session', () => {
      const signedIn = async () => {
        const { id, username } = await auth.member();
        const visitor = visitorOf(server);
        const page = await visitor.post('/auth/sign-in', {
          organization: server.organization.organizationId,
          username,
        });
        await visitor.goOn(page, 'password', { password });
        return { id, username, visitor };
      };

      it('is handed over to our own page, and renewed before it ends', async () => {
        const { id, username, visitor } = await signedIn();
        const first = await visitor.post('/auth/session', {});
        expect([first.status, first.headers['cache-control']]).toEqual([200, 'no-store']);
        expect(first.body).toMatchObject({
          user_id: id,
          username,
          organization_id: server.organization.organizationId,
        });
        const asked = { key: null, headers: { 'x-session-token': first.body.token } };
        expect((await server.call('GET', `/iam/v1alpha1/users/${id}`, asked)).status).toBe(200);
        server.clock.advance(3400);
        const second = await visitor.post('/auth/session', {});
        expect(second.body.token).not.toBe(first.body.token);
      });

      it('is handed over to nobody else', async () => {
        const { visitor } = await signedIn();
        expect((await visitorOf(server).post('/auth/session', {})).status).toBe(401);
        for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
          const { status, text } = await visitor.post('/auth/session', {}, headers);
          expect(status).toBe(403);
          expect(text).not.toContain('token');
        }
        expect((await visitor.get('/auth/session')).status).toBe(401);
      });
    });
  });
}
