import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { anotherApp } from './support/attacks.ts';
import {
  create,
  createApplication,
  createGroup,
  createMember,
  createSession,
  keyFor,
  withSession,
} from './support/bearers.ts';
import { forbidden, refusalOf, unauthenticated } from './support/refusals.ts';
import { serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';
const invalidToken = unauthenticated('jwt', 'invalid_argument');

for (const database of databases()) {
  describe(`forged credentials on ${database.name}`, () => {
    const server = serverOn(database);
    let member: string;
    let memberKey: string;

    beforeAll(async () => {
      member = (await createMember(server)).id;
      memberKey = await keyFor(server, { user_id: member });
    });

    const itself = () => `${iam}/users/${member}`;
    const tokenOf = async (): Promise<string> => (await createSession(server, member, memberKey)).token;
    const answerTo = async (token: string) => refusalOf(await server.call('GET', itself(), withSession(token)));
    const ours = () => server.services.secrets.signingKey(0);
    const signed = (claims: JWTPayload, header: object = {}, key = ours().privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: ours().kid, ...header }).sign(key);
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

    it('a token is of our one algorithm, whatever its head says', async () => {
      const token = await tokenOf();
      expect((await server.call('GET', itself(), withSession(token))).status).toBe(200);
      const [, payload = '', signature = ''] = token.split('.');
      const published = ours().publicKey;
      const pem = published.export({ format: 'pem', type: 'spki' });
      const secrets = [
        pem,
        published.export({ format: 'der', type: 'spki' }),
        published.export({ format: 'jwk' }).x ?? '',
      ];
      const claims = decodeJwt(token);
      const forged: string[] = [];
      for (const alg of ['none', 'None', 'NONE', '', 'EdDSA\0', 'eddsa', 'HS256', 'RS256', 'ES256'])
        for (const end of ['', signature]) forged.push(`${encoded({ alg, typ: 'JWT' })}.${payload}.${end}`);
      // A public key is no secret, so it must never be taken for one.
      for (const secret of secrets)
        for (const alg of ['HS256', 'HS384', 'HS512'])
          forged.push(
            await new SignJWT(claims)
              .setProtectedHeader({ alg, kid: ours().kid })
              .sign(createSecretKey(Buffer.from(secret))),
          );
      forged.push(`${encoded({ typ: 'JWT' })}.${payload}.${signature}`, `${token}.`, `.${token}`, token.slice(0, -4));
      forged.push(encoded({ payload, signature }), `${payload}.${payload}.${signature}`);
      for (const each of forged) expect(await answerTo(each), each).toEqual(invalidToken);
    });

    it('a token brings neither its own key nor the way to one', async () => {
      const claims = decodeJwt(await tokenOf());
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const jwk = publicKey.export({ format: 'jwk' });
      const heads = [
        { jwk },
        { kid: '../../../dev/null' },
        { kid: "' union select 'x" },
        { jku: 'http://127.0.0.1:1/jwks' },
        { x5u: 'http://127.0.0.1:1/cert' },
        { x5c: ['MIIB'] },
      ];
      for (const head of heads) expect(await answerTo(await signed(claims, head, privateKey))).toEqual(invalidToken);
      // Our own signature counts, whatever else the head names, but only under the name of its key.
      const { status } = await server.call('GET', itself(), withSession(await signed(claims, { jwk })));
      expect(status).toBe(200);
      for (const kid of [undefined, '', '../x', ours().kid.toLowerCase(), server.services.secrets.signingKey(1).kid])
        expect(await answerTo(await signed(claims, { kid })), kid).toEqual(invalidToken);
      // What must be understood and is not, does not count.
      const critical = `${encoded({ alg: 'EdDSA', crit: ['exp2'], exp2: 1 })}.${encoded(claims)}.AAAA`;
      expect(await answerTo(critical)).toEqual(invalidToken);
    });

    it('a token without audience, issuer, end or id, or with another one, is none', async () => {
      const token = await tokenOf();
      const claims = decodeJwt(token);
      for (const missing of ['aud', 'iss', 'exp', 'jti'] as const)
        expect(await answerTo(await signed({ ...claims, [missing]: undefined })), missing).toEqual(invalidToken);
      const foreign = [
        { iss: 'https://iam.example.org/' },
        { iss: 'https://IAM.example.org' },
        { iss: 'https://iam.example.org.evil.example' },
        { aud: [member, server.organization.ownerId] },
        { aud: [member] },
        { nbf: Math.floor(server.clock.now() / 1_000_000) + 60 },
      ];
      for (const change of foreign)
        expect(await answerTo(await signed({ ...claims, ...change })), JSON.stringify(change)).toEqual(invalidToken);
      const others = [
        { aud: server.organization.ownerId },
        { aud: member.toUpperCase() },
        { jti: `${claims.jti}`.toUpperCase() },
      ];
      for (const change of others)
        expect(await answerTo(await signed({ ...claims, ...change })), JSON.stringify(change)).toEqual(
          unauthenticated('jwt', 'not_found'),
        );
    });

    it('a token ends on time, without grace, and its session may have ended before', async () => {
      const { token, jwt } = await createSession(server, member, memberKey);
      const claims = decodeJwt(token);
      const now = Math.floor(server.clock.now() / 1_000_000);
      expect(await answerTo(await signed({ ...claims, exp: now }))).toEqual(unauthenticated('jwt', 'expired'));
      expect(await answerTo(await signed({ ...claims, exp: now - 1 }))).toEqual(unauthenticated('jwt', 'expired'));
      expect((await server.call('GET', itself(), withSession(token))).status).toBe(200);
      await server.call('DELETE', `${iam}/jwts/${jwt.jti}`, { key: memberKey });
      expect(await answerTo(token)).toEqual(unauthenticated('jwt', 'not_found'));
    });

    it('a secret key is taken letter by letter', async () => {
      const ask = async (key: string) => refusalOf(await server.call('GET', itself(), { key }));
      expect((await server.call('GET', itself(), { key: memberKey })).status).toBe(200);
      expect(await ask(memberKey.toUpperCase())).toEqual(unauthenticated('api_key', 'not_found'));
      for (const altered of ['', memberKey.slice(1), `${memberKey}0`, `{${memberKey}}`, memberKey.replaceAll('-', '')])
        expect(await ask(altered), altered).toEqual(unauthenticated('api_key', 'invalid_argument'));
      for (const name of ['authorization', 'x-api-key', 'cookie', 'x-auth-user', 'x-user-id', 'x-forwarded-user']) {
        const headers = { [name]: name === 'authorization' ? `Basic ${btoa(`:${memberKey}`)}` : memberKey };
        const answer = await server.call('GET', itself(), { key: null, headers });
        expect(refusalOf(answer), name).toEqual(unauthenticated('api_key', 'invalid_argument'));
      }
    });
  });

  describe(`names and addresses that look like others on ${database.name}`, () => {
    const server = serverOn(database);

    /** An application that may read what its condition says. */
    const readerWith = async (condition: string): Promise<string> => {
      const { id } = await createApplication(server);
      const organization_id = server.organization.organizationId;
      const rules = [{ permission_set_names: ['IAMGroupReadOnly'], organization_id, condition }];
      await create(server, `${iam}/policies`, { name: 'readers', application_id: id, rules });
      return keyFor(server, { application_id: id });
    };

    it('a condition on a name holds for that name and for none that looks like it', async () => {
      const key = await readerWith('resource.name == "admins"');
      const get = async (name: string) => {
        const { id } = await createGroup(server, { name });
        return refusalOf(await server.call('GET', `${iam}/groups/${id}`, { key }))[0];
      };
      expect(await get('admins')).toBe(200);
      for (const name of ['Admins', 'ADMINS', 'admin s', 'admins.', 'admins_']) expect(await get(name), name).toBe(403);
      const alike = [
        'admins ',
        ' admins',
        'аdmins',
        'admıns',
        'ａdmins',
        'admins\u200b',
        'ad\u0307mins',
        'admins\u0000',
      ];
      for (const name of alike) {
        const answer = await server.call('POST', `${iam}/groups`, { body: { name } });
        expect([answer.status, answer.body.type], name).toEqual([400, 'invalid_arguments']);
      }
    });

    it('ids are taken in either case and otherwise exactly, by the check and by the operation alike', async () => {
      const member = await createMember(server);
      const key = await keyFor(server, { user_id: member.id });
      const get = (id: string) => server.call('GET', `${iam}/users/${id}`, { key });
      expect((await get(member.id.toUpperCase())).body.id).toBe(member.id);
      const owner = server.organization.ownerId;
      const denied = forbidden(['read', 'user']);
      for (const id of [owner, owner.toUpperCase()]) expect(refusalOf(await get(id)), id).toEqual(denied);
      const broken = ['%00', '%20', '%2e', '%c2%a0', '%e2%80%8b', '%2f..%2f', ';a=b'].map(
        (end) => `${member.id}${end}`,
      );
      for (const id of [...broken, `%20${member.id}`, member.id.replace(/[0-9]/, '%ef%bc%91')]) {
        const answer = await get(id);
        expect([answer.status, answer.body.type], id).toEqual([400, 'invalid_arguments']);
      }
      const { id: application } = await createApplication(server);
      const { access_key: accessKey } = await create(server, `${iam}/api-keys`, { application_id: application });
      const lower = accessKey.toLowerCase();
      expect((await server.call('GET', `${iam}/api-keys/${lower}`)).status).toBe(404);
      expect((await server.call('DELETE', `${iam}/api-keys/${lower}`)).status).toBe(404);
    });

    it('a permission set that only looks like one is none', async () => {
      const organization_id = server.organization.organizationId;
      for (const name of [
        'iamreadonly',
        'IAMReadOnly ',
        'ІAMReadOnly',
        'IAMReadOnly\u200b',
        'IAMReadOnly,IAMManager',
        '*',
      ]) {
        const rules = [{ permission_set_names: [name], organization_id }];
        const answer = await server.call('POST', `${iam}/policies`, { body: { name: 'x', rules } });
        expect([answer.status, answer.body.type], name).toEqual([400, 'invalid_arguments']);
      }
    });

    describe('the address of a request', () => {
      const inside = 'request.ip.inIpRange("192.0.2.0/24")';
      const spoofed = {
        'x-forwarded-for': '192.0.2.1',
        forwarded: 'for=192.0.2.1',
        'x-real-ip': '192.0.2.1',
        'true-client-ip': '192.0.2.1',
        'cf-connecting-ip': '192.0.2.1',
        'x-client-ip': '192.0.2.1',
        'x-original-forwarded-for': '192.0.2.1',
      };
      const ask = async (app: FastifyInstance, key: string, remoteAddress: string, headers: Record<string, string>) =>
        (await app.inject({ url: `${iam}/groups`, remoteAddress, headers: { 'x-auth-token': key, ...headers } }))
          .statusCode;

      it('is that of the connection, whatever headers say, where no proxy is trusted', async () => {
        const app = await anotherApp(server.services);
        const key = await readerWith(inside);
        expect(await ask(app, key, '192.0.2.77', {})).toBe(200);
        expect(await ask(app, key, '198.51.100.7', spoofed)).toBe(403);
        expect(await ask(app, key, '127.0.0.1', spoofed)).toBe(403);
        // A header cannot take a right away either.
        expect(await ask(app, key, '192.0.2.77', { 'x-forwarded-for': '198.51.100.7' })).toBe(200);
        // The question that is asked most has a shorter road, once its key is known.
        const address = await app.listen({ port: 0, host: '127.0.0.1' });
        const near = await readerWith('request.ip.inIpRange("127.0.0.0/8")');
        for (const [asking, decision] of [
          [key, 'deny'],
          [near, 'allow'],
        ] as const) {
          const headers = { ...spoofed, 'x-auth-token': asking, 'content-type': 'application/json' };
          const body = JSON.stringify({ permissions: [{ service: 'iam', name: 'group', action: 'list' }] });
          for (let again = 0; again < 3; again += 1) {
            const answer = await fetch(`${address}${iam}/check-permissions`, { method: 'POST', headers, body });
            expect(await answer.json()).toEqual({ responses: [{ decision }] });
          }
        }
        await app.close();
      });

      it('is what a trusted proxy says, and only the nearest that is not trusted itself', async () => {
        const app = await anotherApp(server.services, { trustedProxies: ['10.0.0.0/8'] });
        const key = await readerWith(inside);
        const forwarded = (value: string) => ({ 'x-forwarded-for': value });
        expect(await ask(app, key, '10.0.0.1', forwarded('192.0.2.1'))).toBe(200);
        expect(await ask(app, key, '10.0.0.1', forwarded('203.0.113.9, 192.0.2.1, 10.0.0.2'))).toBe(200);
        // The client wrote the first part itself.
        expect(await ask(app, key, '10.0.0.1', forwarded('192.0.2.1, 198.51.100.7'))).toBe(403);
        expect(await ask(app, key, '198.51.100.7', forwarded('192.0.2.1'))).toBe(403);
        const { 'x-forwarded-for': _, ...others } = spoofed;
        expect(await ask(app, key, '10.0.0.1', others)).toBe(403);
        for (const nonsense of [
          '',
          ',',
          'x',
          '192.0.2.1:80:80',
          '::ffff:192.0.2.1, unknown',
          '192.0.2.0/24',
          'a'.repeat(5000),
        ])
          expect(await ask(app, key, '10.0.0.1', forwarded(nonsense)), nonsense).toBe(403);
        await app.close();
      });

      it('decides nothing of what a token says of us: the host of a request is no issuer', async () => {
        const member = await createMember(server);
        const key = await keyFor(server, { user_id: member.id });
        const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
        const { body } = await server.call('POST', `${iam}/jwts`, { key, headers, body: { user_id: member.id } });
        expect(decodeJwt(body.token).iss).toBe('https://iam.example.org');
      });
    });
  });
}
