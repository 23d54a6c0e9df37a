import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { anotherApp } from './support/attacks.ts';
import { auditEntries } from './support/audit.ts';
import { dumpTables } from './support/dump.ts';
import { attribute, encoded, makeKeys, responseXml, type Said, sign } from './support/identity-provider.ts';
import { refusalOf } from './support/refusals.ts';
import { enableSaml, idpKeys, samlOn } from './support/saml.ts';
import { callsTo, type Json, serverOn } from './support/server.ts';
import { refused } from './support/sign-in.ts';
import { wrappings } from './support/wrapping.ts';

const iam = '/iam/v1alpha1';
const sha1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const rsaSha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
const withComments = 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments';

for (const database of databases()) {
  describe(`attacks on sign-in by SAML on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: null } });
    let configuration: Json;
    const saml = samlOn(server, () => configuration);
    beforeAll(async () => {
      configuration = await enableSaml(server, { organizationId: server.organization.organizationId });
      for (const username of ['ada', 'eve']) await saml.member({ username });
    });
    beforeEach(() => saml.forgetTries());

    /** Nobody is signed in by it, and the log tells why. */
    const expectRefusedAs = async (reason: string, xml: string, what: string) => {
      const answer = await saml.answer(xml);
      expect(refusalOf(answer), what).toEqual(refused);
      expect((await auditEntries(server)).at(-1), what).toMatchObject({
        ...{ operation: 'signIn.answerSaml', resource_type: 'sign_in', action: 'created', bearer_type: 'platform' },
        reason,
      });
    };
    /** What is said wrong, of an answer that is honest otherwise. */
    const wrong: Readonly<Record<string, readonly [reason: string, more: (request: string) => Partial<Said>]>> = {
      'it ended more than a minute ago': ['saml_expired', () => ({ ends: -61 })],
      'its confirmation ended': ['saml_expired', () => ({ confirmedEnds: -61 })],
      'it begins in more than a minute': ['saml_not_yet_valid', () => ({ begins: 62 })],
      'a time that is not in UTC': [
        'saml_malformed',
        () => ({ conditions: '<saml:Conditions NotOnOrAfter="2040-01-02T03:04:05+01:00"/>' }),
      ],
      'another audience': ['saml_audience', () => ({ audience: 'https://elsewhere.example.org' })],
      'no audience': ['saml_audience', () => ({ conditions: '<saml:Conditions/>' })],
      'no conditions': ['saml_audience', () => ({ conditions: '' })],
      'a condition that nobody knows': [
        'saml_audience',
        () => ({ conditions: '<saml:Conditions><saml:Condition/></saml:Conditions>' }),
      ],
      'two audiences that must both hold': [
        'saml_audience',
        () => ({
          conditions: `<saml:Conditions>${[configuration.service_provider.entity_id, 'other'].map((name) => `<saml:AudienceRestriction><saml:Audience>${name}</saml:Audience></saml:AudienceRestriction>`).join('')}</saml:Conditions>`,
        }),
      ],
      'another destination': ['saml_destination', () => ({ destination: 'https://elsewhere.example.org/login' })],
      'another recipient': ['saml_recipient', () => ({ recipient: 'https://elsewhere.example.org/login' })],
      'another issuer': ['saml_issuer', () => ({ issuer: 'https://other-idp.example.org' })],
      'another issuer of the response': ['saml_issuer', () => ({ responseIssuer: 'https://other-idp.example.org' })],
      'a confirmation for nobody in particular': ['saml_not_asked', () => ({ confirmedRequest: undefined })],
      'a confirmation for another request': ['saml_other_request', () => ({ confirmedRequest: '_another' })],
      'a confirmation that does not mean the bearer': ['saml_recipient', () => ({ method: 'holder-of-key' })],
      'a failure': ['saml_status', () => ({ status: 'Responder' })],
      'no name': ['saml_no_username', () => ({ nameId: ' ' })],
      'two usernames': ['saml_no_username', () => ({ attributes: attribute('Username', 'ada', 'eve') })],
      'somebody else': ['saml_other_user', () => ({ nameId: 'eve' })],
      'nobody here': ['saml_other_user', () => ({ nameId: 'nobody' })],
      'a name that goes on': ['saml_other_user', () => ({ nameId: 'ada@evil.example.org' })],
    };

    for (const of of ['Assertion', 'Response'] as const)
      it(`an answer is refused that says something wrong, its ${of} signed`, async () => {
        for (const [what, [reason, more]] of Object.entries(wrong)) {
          const { request } = await saml.begin('ada');
          await expectRefusedAs(reason, saml.signed(request, { nameId: 'ada', ...more(request) }, { of }), what);
          await saml.forgetTries();
        }
      });

    it('times may be a minute off', async () => {
      for (const more of [{ ends: -55 }, { begins: 55 }]) {
        const { request } = await saml.begin('ada');
        expect((await saml.answer(saml.signed(request, { nameId: 'ada', ...more }))).status).toBe(200);
      }
    });

    it('an answer is refused that is not signed, or not by the identity provider, or weakly', async () => {
      const stranger = makeKeys();
      const honest = (request: string) => responseXml(saml.said(request, { nameId: 'ada' }));
      const cases: readonly (readonly [string, string, (request: string) => string])[] = [
        ['not signed', 'saml_signature', honest],
        ['signed by a stranger who sends a certificate along', 'saml_signature', (at) => sign(honest(at), stranger)],
        [
          'a signature without a value',
          'saml_signature',
          (at) => sign(honest(at), idpKeys()).replace(/(<ds:SignatureValue>)[^<]*/, '$1'),
        ],
        [
          'a signature of something else',
          'saml_signature',
          (at) => sign(honest(at), idpKeys()).replace('>ada<', '>eve<'),
        ],
        ['SHA-1', 'saml_algorithm', (at) => sign(honest(at), idpKeys(), { signature: rsaSha1 })],
        ['a digest of SHA-1', 'saml_algorithm', (at) => sign(honest(at), idpKeys(), { digest: sha1 })],
        [
          'a keyed hash with the certificate as its key',
          'saml_algorithm',
          (at) => sign(honest(at), idpKeys()).replace(/xmldsig-more#rsa-sha256/g, 'xmldsig-more#hmac-sha256'),
        ],
        [
          'an encrypted assertion',
          'saml_encrypted',
          (at) =>
            sign(
              responseXml(
                saml.said(at),
                '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
              ),
              idpKeys(),
              { of: 'Response' },
            ),
        ],
        [
          'no assertion',
          'saml_malformed',
          (at) => sign(responseXml(saml.said(at), ' '), idpKeys(), { of: 'Response' }),
        ],
      ];
      for (const [what, reason, make] of cases) {
        const { request } = await saml.begin('ada');
        await expectRefusedAs(reason, make(request), what);
        await saml.forgetTries();
      }
    });

    it('all eight ways to wrap a signature are refused', async () => {
      const evil = (xml: string) =>
        xml
          .replaceAll('>eve<', '>ada<')
          .replaceAll('ID="_assertion"', 'ID="_evil"')
          .replaceAll('ID="_response"', 'ID="_evil-response"');
      const names = Array.from({ length: 8 }, (_, index) => index);
      for (const index of names) {
        // Eve has honest answers about herself, and wants to be Ada.
        const { request } = await saml.begin('ada');
        const honest = (of: 'Response' | 'Assertion') => saml.signed(request, { nameId: 'eve' }, { of });
        const wrapped = wrappings(honest('Response'), honest('Assertion'), evil)[index];
        const answer = await saml.answer(wrapped?.xml ?? '');
        expect(refusalOf(answer), wrapped?.name).toEqual(refused);
        expect(await saml.lastReason(), wrapped?.name).toMatch(/^saml_(malformed|signature|other_user|not_open)$/);
        await saml.forgetTries();
      }
    });

    it('a comment in a name is refused, whether the signature covers it or not', async () => {
      for (const canonical of [undefined, withComments]) {
        const { request } = await saml.begin('ada');
        const xml = saml.signed(request, { nameId: 'ada<!---->@evil.example.org' }, canonical ? { canonical } : {});
        expect(xml).toContain('<!--');
        await expectRefusedAs('saml_malformed', xml, 'comment');
      }
    });

    it('documents that do something to parsers are refused before one sees them', async () => {
      const { request } = await saml.begin('ada');
      const honest = saml.signed(request, { nameId: 'ada' });
      const bombs = Array.from({ length: 9 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`).join('');
      const evil: Readonly<Record<string, string>> = {
        'an external entity': `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${honest.replace('>ada<', '>&e;<')}`,
        'entities that grow': `<!DOCTYPE a [<!ENTITY e0 "ha">${bombs}]>${honest.replace('>ada<', '>&e9;<')}`,
        'a document type in capitals of its own': `<!doctype a>${honest}`,
        'a parameter entity': `<!DOCTYPE a [<!ENTITY % e SYSTEM "http://192.0.2.1/">%e;]>${honest}`,
        'an entity that nobody has declared': honest.replace('>ada<', '>&ada;<'),
        'character data': honest.replace('>ada<', '><![CDATA[ada]]><'),
        'what comes after the end': `${honest}<more/>`,
        nothing: ' ',
        'no XML': 'ada',
        'another document': '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        'more elements than anybody needs': honest.replace('<samlp:Status>', `${'<a/>'.repeat(1000)}<samlp:Status>`),
        'more attributes than anybody needs': honest.replace(
          '<samlp:Status>',
          `<a ${Array.from({ length: 2000 }, (_, at) => `a${at}=""`).join(' ')}/><samlp:Status>`,
        ),
        'nested without end': `${'<a>'.repeat(50_000)}`,
        'an element with a name of the language': honest.replace('<samlp:Status>', '<constructor/><samlp:Status>'),
      };
      for (const [what, xml] of Object.entries(evil)) {
        const answer = await saml.answer(xml);
        if (what === 'an element with a name of the language') expect(answer.status, what).toBe(200);
        else expect(refusalOf(answer), what).toEqual(refused);
        await saml.forgetTries();
      }
      const other = await server.call('POST', '/auth/v1/answer-saml', {
        key: null,
        body: {
          configuration: configuration.id,
          response: Buffer.from(`\ufeff${honest}`, 'utf16le').toString('base64'),
        },
      });
      expect(refusalOf(other)).toEqual(refused);
      const huge = await saml.answer(`<a>${'a'.repeat(300 * 1024)}</a>`);
      expect([huge.status, huge.body.type]).toEqual([400, 'invalid_arguments']);
    });

    it('of many answers to one request at once, on two servers too, one is taken, and none after it', async () => {
      const { attempt, request } = await saml.begin('ada');
      const xml = saml.signed(request, { nameId: 'ada' });
      const app = await anotherApp(server.services);
      const other = callsTo(app, server.organization.secretKey);
      const body = { configuration: configuration.id, response: encoded(xml) };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => [
          saml.answer(xml),
          other('POST', '/auth/v1/answer-saml', { key: null, body }),
        ]).flat(),
      );
      await app.close();
      const taken = answers.filter(({ status }) => status === 200);
      expect(taken).toHaveLength(1);
      await saml.forgetTries();
      await expectRefusedAs('saml_not_open', xml, 'once more');
      const shown = taken[0]?.body.answer;
      expect((await saml.finish(attempt, shown)).body.status).toBe('signed_in');
      await expectRefusedAs('saml_not_open', xml, 'after the sign-in');
    });

    it('nobody is signed in without having asked', async () => {
      const unasked = sign(responseXml(saml.said(undefined, { nameId: 'ada' })), idpKeys());
      await expectRefusedAs('saml_not_asked', unasked, 'unasked');
      const made = saml.signed('_made-up', { nameId: 'ada' });
      await expectRefusedAs('saml_not_open', made, 'made up');
      const { request } = await saml.begin('eve');
      await expectRefusedAs('saml_other_user', saml.signed(request, { nameId: 'ada' }), 'of another attempt');
    });

    it('strangers fill no log: of answers to nothing some are recorded, and no attempt suffers', async () => {
      const before = (await auditEntries(server)).length;
      const answers = await Promise.all(Array.from({ length: 40 }, () => saml.answer('<a/>')));
      expect(answers.filter(({ status }) => status === 429).length).toBe(10);
      expect((await auditEntries(server)).length - before).toBe(30);
      const { attempt, request } = await saml.begin('ada');
      const { answer } = (await saml.answer(saml.signed(request, { nameId: 'ada' }))).body;
      expect((await saml.finish(attempt, answer)).body.status).toBe('signed_in');
    });

    it('an answer for one organization is none for another, by the same identity provider', async () => {
      const other = await server.anotherOrganization();
      const theirs = await enableSaml(server, { organizationId: other.organizationId, key: other.secretKey });
      const { request } = await saml.begin('ada');
      const xml = saml.signed(request, { nameId: 'ada' });
      expect(refusalOf(await saml.answer(xml, theirs.id))).toEqual(refused);
      const forThem = {
        audience: theirs.service_provider.entity_id,
        recipient: theirs.service_provider.assertion_consumer_service_url,
      };
      await expectRefusedAs('saml_audience', saml.signed(request, { nameId: 'ada', ...forThem }), 'audience');
      const nobody = await saml.answer(xml, '6f0c0000-0000-4000-8000-000000000001');
      expect([nobody.status, nobody.body.resource]).toEqual([404, 'saml']);
    });

    it('no identity provider vouches for the owner, nor for whoever is locked', async () => {
      const owner = await saml.begin('owner@example.org');
      await expectRefusedAs(
        'login_method_disabled',
        saml.signed(owner.request, { nameId: 'owner@example.org' }),
        'owner',
      );
      const locked = await saml.member({ username: 'locked' });
      const { request } = await saml.begin('locked');
      const late = await saml.begin('locked');
      const { answer } = (await saml.answer(saml.signed(late.request, { nameId: 'locked' }))).body;
      await server.services.storage.db.updateTable('users').set({ locked: 1 }).where('id', '=', locked.id).execute();
      await expectRefusedAs('locked', saml.signed(request, { nameId: 'locked' }), 'locked');
      expect(refusalOf(await saml.finish(late.attempt, answer))).toEqual(refused);
      expect(await saml.lastReason()).toBe('locked');
    });

    it('certificates that have ended vouch for nothing, nor those that are there to encrypt', async () => {
      const other = await server.anotherOrganization();
      const ended = makeKeys(1);
      const theirs = await enableSaml(server, {
        ...{ organizationId: other.organizationId, key: other.secretKey },
        certificates: [ended.certificate],
      });
      const { services } = server;
      const asTheirs = samlOn({ ...server, services, organization: other, clock: server.clock }, () => theirs);
      await saml.call('start', { organization: other.organizationId, username: 'x' });
      const body = { member: { username: 'grace', email: 'grace@example.org' } };
      await server.call('POST', `${iam}/users`, { key: other.secretKey, body });
      const reasons = async () =>
        (
          await services.storage.db
            .selectFrom('audit_entries')
            .select('reason')
            .where('organization_id', '=', other.organizationId)
            .orderBy('revision', 'desc')
            .limit(1)
            .executeTakeFirst()
        )?.reason;
      const tell = async () => {
        const { request } = await asTheirs.begin('grace');
        return refusalOf(await asTheirs.answer(asTheirs.signed(request, { nameId: 'grace' }, {}, ended)));
      };
      expect(await tell()).toEqual(refused);
      expect(await reasons()).toBe('saml_certificate_ended');
      const encrypting = { type: 'encryption', content: ended.certificate };
      await server.call('POST', `${iam}/saml/${theirs.id}/certificates`, { key: other.secretKey, body: encrypting });
      expect(await tell()).toEqual(refused);
      const good = { type: 'signing', content: idpKeys().certificate };
      await server.call('POST', `${iam}/saml/${theirs.id}/certificates`, { key: other.secretKey, body: good });
      expect(await tell()).toEqual(refused);
      expect(await reasons()).toBe('saml_signature');
      const { attempt, request } = await asTheirs.begin('grace');
      const { answer } = (await asTheirs.answer(asTheirs.signed(request, { nameId: 'grace' }))).body;
      expect((await asTheirs.finish(attempt, answer)).body.status).toBe('signed_in');
    });

    it('nothing that the identity provider says is kept', async () => {
      const { request } = await saml.begin('ada');
      const attributes = attribute('department', 'of-the-very-secret');
      const lines: string[] = [];
      const app = await anotherApp(server.services, { lines });
      const call = callsTo(app, server.organization.secretKey);
      const broken = saml.signed(request, { nameId: 'of-the-very-secret', attributes }).replace('>of-the', '>off-the');
      for (const [xml, status] of [
        [broken, 401],
        [saml.signed(request, { nameId: 'of-the-very-secret' }), 401],
        [saml.signed(request, { nameId: 'ada', attributes }), 200],
      ] as const) {
        const body = { configuration: configuration.id, response: encoded(xml) };
        expect((await call('POST', '/auth/v1/answer-saml', { key: null, body })).status).toBe(status);
        expect(lines.join('')).not.toContain(encoded(xml).slice(100, 200));
      }
      await app.close();
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join('')).not.toContain('very-secret');
      expect(JSON.stringify(await dumpTables(server.services))).not.toContain('very-secret');
      expect(JSON.stringify(await auditEntries(server))).not.toContain('of-the-very-secret');
    });

    it('whatever letter of an honest answer is changed, it is refused or says the same', async () => {
      const { request } = await saml.begin('ada');
      const honest = sign(responseXml(saml.said(request, { nameId: 'ada' })), idpKeys(), { of: 'Response' });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: honest.length - 1 }),
          fc.integer({ min: 32, max: 126 }),
          async (at, code) => {
            await saml.forgetTries();
            await server.services.storage.db
              .updateTable('sign_in_attempts')
              .set({ saml_answer_hash: null, failures: 0 })
              .where('saml_request', '=', request)
              .execute();
            const changed = `${honest.slice(0, at)}${String.fromCharCode(code)}${honest.slice(at + 1)}`;
            const answer = await saml.answer(changed);
            // Taken, it is taken for nobody but Ada: the attempt is hers.
            if (answer.status !== 200) expect(refusalOf(answer)).toEqual(refused);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}
