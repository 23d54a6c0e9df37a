import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import {
  curveCertificate,
  endedCertificate,
  endedCertificateEnd,
  signingCertificate,
  signingCertificateEnd,
} from '../../../test-support/signing-certificate.ts';
import { itIsGuarded } from './support/guard.ts';
import { idp as provider } from './support/identity-provider.ts';
import { expectRefused, forestalled, help, invalid, taken, unknown } from './support/refusals.ts';
import { idpKeys, metadataFile, metadataXml } from './support/saml.ts';
import { type Json, serverOn } from './support/server.ts';

const iam = '/iam/v1alpha1';

for (const database of databases()) {
  describe(`saml on ${database.name}`, () => {
    const server = serverOn(database);
    let organization: string;
    let path: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      path = `${iam}/organizations/${organization}/saml`;
    });

    const ask = async (method: string, at: string, body?: Json): Promise<Json> => {
      const answer = await server.call(method, at, body === undefined ? {} : { body });
      expect(answer.status, `${method} ${at}: ${answer.text}`).toBeLessThan(300);
      return answer.body;
    };
    const enable = () => ask('POST', path, {});
    const end = ({ id }: Json) => ask('DELETE', `${iam}/saml/${id}`);
    const certificatesOf = ({ id }: Json) => `${iam}/saml/${id}/certificates`;
    const statusNow = async () => (await ask('GET', path)).status;
    const loginMethods = (body: Json) =>
      server.call('PATCH', `${iam}/organizations/${organization}/login-methods`, { body });
    const idp = { entity_id: 'https://idp.example.org/metadata', single_sign_on_url: 'https://idp.example.org/sso' };
    /** With all that it needs. */
    const configured = async (): Promise<Json> => {
      const saml = await enable();
      await ask('PATCH', `${iam}/saml/${saml.id}`, idp);
      await ask('POST', certificatesOf(saml), signingCertificate);
      return saml;
    };

    it('is not there until it is enabled, then tells the identity provider what it has to know', async () => {
      await expectRefused(server, ['GET', path], unknown('organization_saml', organization));
      const saml = await enable();
      const url = server.services.settings.publicUrl();
      expect(saml).toEqual({
        id: expect.any(String),
        status: 'missing_certificate',
        service_provider: {
          entity_id: `${url}/saml/${saml.id}`,
          assertion_consumer_service_url: `${url}/iam/v1/saml/${saml.id}/login`,
        },
        entity_id: '',
        single_sign_on_url: '',
      });
      expect(await ask('GET', path)).toEqual(saml);
      const held = 'the organization has a SAML configuration: change that';
      await expectRefused(server, ['POST', path, { body: {} }], taken('organization_saml', organization, held));
      await end(saml);
      await expectRefused(server, ['GET', path], unknown('organization_saml', organization));
      for (const [method, body] of [['PATCH', {}], ['DELETE']] as const)
        await expectRefused(server, [method, `${iam}/saml/${saml.id}`, body ? { body } : {}], unknown('saml', saml.id));
    });

    it('tells what is missing first, at once', async () => {
      const saml = await enable();
      const at = `${iam}/saml/${saml.id}`;
      const certificate = await ask('POST', certificatesOf(saml), signingCertificate);
      expect(await statusNow()).toBe('missing_entity_id');
      const { status, ...named } = await ask('PATCH', at, { entity_id: idp.entity_id });
      expect([status, named.entity_id, named.single_sign_on_url]).toEqual([
        'missing_single_sign_on_url',
        idp.entity_id,
        '',
      ]);
      expect(await ask('PATCH', at, { single_sign_on_url: idp.single_sign_on_url })).toMatchObject({
        status: 'valid',
        ...idp,
      });
      expect(await ask('PATCH', at, {})).toMatchObject({ status: 'valid', ...idp });
      await ask('DELETE', `${iam}/saml-certificates/${certificate.id}`);
      expect(await statusNow()).toBe('missing_certificate');
      await end(saml);
    });

    it('keeps certificates as they were sent, those that have ended too', async () => {
      const saml = await enable();
      const certificates = certificatesOf(saml);
      const first = await ask('POST', certificates, signingCertificate);
      const second = await ask('POST', certificates, endedCertificate);
      const third = await ask('POST', certificates, { ...curveCertificate, type: 'encryption' });
      const shown = (id: string, sent: Json, expires_at: string) => ({
        id,
        ...sent,
        origin: 'identity_provider',
        expires_at,
      });
      expect(first).toEqual(shown(first.id, signingCertificate, signingCertificateEnd));
      expect(second).toEqual(shown(second.id, endedCertificate, endedCertificateEnd));
      expect(await ask('GET', certificates)).toEqual({ certificates: [first, second, third] });
      const itself = `${iam}/saml-certificates/${first.id}`;
      expect(await ask('GET', itself)).toEqual(first);
      await ask('DELETE', itself);
      for (const method of ['GET', 'DELETE'])
        await expectRefused(server, [method, itself], unknown('saml_certificate', first.id));
      await end(saml);
      for (const method of ['GET', 'DELETE'])
        await expectRefused(
          server,
          [method, `${iam}/saml-certificates/${second.id}`],
          unknown('saml_certificate', second.id),
        );
      await expectRefused(server, ['GET', certificates], unknown('saml', saml.id));
      const options = { body: signingCertificate };
      await expectRefused(server, ['POST', certificates, options], unknown('saml', saml.id));
    });

    it('has at most ten certificates', async () => {
      const saml = await enable();
      for (let count = 0; count < 10; count += 1) await ask('POST', certificatesOf(saml), signingCertificate);
      const refused = forestalled(
        'unknown_precondition',
        'a configuration has at most 10 certificates: delete one that is not used any more',
      );
      await expectRefused(server, ['POST', certificatesOf(saml), { body: signingCertificate }], refused);
      await end(saml);
    });

    const { content } = signingCertificate;
    const notOne =
      'value must be one certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----';
    const noCertificate = 'what stands between the lines is not a certificate';
    const refusedCertificates: readonly (readonly [what: string, content: string, told: string])[] = [
      ['no PEM', 'certificate', notOne],
      ['two certificates', `${content}${content}`, notOne],
      ['a key that came along', `${content}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`, notOne],
      ['a certificate that is cut off', `${content.slice(0, 200)}\n-----END CERTIFICATE-----`, noCertificate],
      ['words in base 64', '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----', noCertificate],
    ];
    it('refuses what is no certificate, and what is no address', async () => {
      const saml = await enable();
      const at = `${iam}/saml/${saml.id}`;
      for (const [what, sent, told] of refusedCertificates) {
        const body = { type: 'signing', content: sent };
        await expectRefused(
          server,
          ['POST', certificatesOf(saml), { body }],
          invalid(['content', 'format', told]),
        ).catch((failure) => expect.fail(`${what}: ${failure.message}`));
      }
      const onlyRsa = invalid(['content', 'format', 'the key of a signing certificate must be RSA']);
      await expectRefused(server, ['POST', certificatesOf(saml), { body: curveCertificate }], onlyRsa);
      const ofNoType = { ...signingCertificate, type: 'unknown_certificate_type' };
      const oneOf = 'value must be one of signing, encryption';
      await expectRefused(
        server,
        ['POST', certificatesOf(saml), { body: ofNoType }],
        invalid(['type', 'constraint', oneOf]),
      );
      const tooLong = { type: 'signing', content: 'x'.repeat(16_385) };
      const longest = invalid(['content', 'constraint', help.atMost(16_384)]);
      await expectRefused(server, ['POST', certificatesOf(saml), { body: tooLong }], longest);
      const url = (value: string, told: string) =>
        expectRefused(
          server,
          ['PATCH', at, { body: { single_sign_on_url: value } }],
          invalid(['single_sign_on_url', 'format', told]),
        );
      for (const value of ['', 'http://idp.example.org', 'javascript:alert(1)//https://'])
        await url(value, help.pattern('^https://'));
      await url('https://', 'value must be an address that begins with https://');
      const body = { entity_id: 'x'.repeat(1025) };
      await expectRefused(server, ['PATCH', at, { body }], invalid(['entity_id', 'constraint', help.atMost(1024)]));
      expect(await ask('GET', path)).toEqual(saml);
      await end(saml);
    });

    it('members sign in by it when it is complete and enabled, and no more when it is deleted', async () => {
      const incomplete = forestalled('attribute_must_be_set', 'there is no valid SAML configuration');
      const methods = `${iam}/organizations/${organization}/login-methods`;
      const body = { login_saml_enabled: true };
      const half = await enable();
      await expectRefused(server, ['PATCH', methods, { body }], incomplete);
      await end(half);
      const saml = await configured();
      expect((await ask('GET', `${iam}/organizations/${organization}`)).login_saml_enabled).toBe(false);
      expect((await loginMethods(body)).body.login_saml_enabled).toBe(true);
      const others = { login_password_enabled: false, login_magic_code_enabled: false };
      expect((await loginMethods(others)).body).toMatchObject({ ...others, ...body });
      const only = forestalled('resource_still_in_use', 'SAML is the only way to sign in: enable another one first');
      await expectRefused(server, ['DELETE', `${iam}/saml/${saml.id}`], only);
      await loginMethods({ login_password_enabled: true, login_magic_code_enabled: true });
      await end(saml);
      expect((await ask('GET', `${iam}/organizations/${organization}`)).login_saml_enabled).toBe(false);
    });

    it('of another organization is not there, whoever asks', async () => {
      const other = await server.anotherOrganization();
      const saml = await enable();
      const foreign = { key: other.secretKey };
      const at = `${iam}/saml/${saml.id}`;
      await expectRefused(server, ['DELETE', at, foreign], unknown('saml', saml.id));
      await expectRefused(server, ['GET', certificatesOf(saml), foreign], unknown('saml', saml.id));
      const theirs = `${iam}/organizations/${other.organizationId}/saml`;
      expect((await server.call('POST', theirs, { ...foreign, body: {} })).status).toBe(200);
      expect(await ask('GET', path)).toEqual(saml);
      await end(saml);
    });

    it('says what the metadata of an identity provider says, sent as text or in base 64, and keeps nothing', async () => {
      const parse = (content: string) => ask('POST', `${iam}/parse-saml-metadata`, metadataFile(content));
      const { certificate } = idpKeys();
      const said = {
        ...{ single_sign_on_url: provider.single_sign_on_url, entity_id: provider.entity_id },
        signing_certificates: [certificate],
      };
      const xml = metadataXml();
      const sentAs = [xml, `\ufeff\n${xml}`.trim(), Buffer.from(xml).toString('base64')];
      for (const content of sentAs) expect(await parse(content)).toEqual(said);
      const several = (...entities: readonly string[]) =>
        `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${entities.map((one) => one.slice(one.indexOf('<md:'))).join('')}</md:EntitiesDescriptor>`;
      expect(await parse(several(xml, '<md:EntityDescriptor entityID="sp"/>'))).toEqual(said);
      const twice = metadataXml({
        keys: [
          ['', certificate],
          ['signing', certificate],
          ['encryption', certificate],
        ],
      });
      expect((await parse(twice)).signing_certificates).toEqual([certificate]);
      const added = await enable();
      expect(await ask('POST', certificatesOf(added), { type: 'signing', content: certificate })).toMatchObject({
        content: certificate,
      });
      await end(added);
      const refused: Readonly<Record<string, string>> = {
        'the metadata is not well-formed: it must be XML of at most 256 KiB, as text or in base 64': 'no XML',
        'the metadata has a document type: it must be XML of at most 256 KiB, as text or in base 64': `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xml}`,
        'the metadata is too long: it must be XML of at most 256 KiB, as text or in base 64': `<a>${'a'.repeat(262_144)}</a>`,
        'the metadata has too many elements: it must be XML of at most 256 KiB, as text or in base 64': '<a>'.repeat(
          50,
        ),
        'the metadata describes no identity provider': '<a/>',
        'the metadata describes more than one identity provider': several(xml, xml),
        'the metadata has no entityID of 1 to 1024 characters': metadataXml({ entityId: '' }),
        'the metadata names no SingleSignOnService with the binding HTTP-Redirect and an address that begins with https://':
          metadataXml({ location: 'http://idp.example.org' }),
        'the metadata holds a certificate that is none': metadataXml({ keys: [['signing', 'AAAA']] }),
      };
      for (const [why, content] of Object.entries(refused)) {
        const call = ['POST', `${iam}/parse-saml-metadata`, { body: metadataFile(content) }] as const;
        await expectRefused(server, call, invalid(['file.content', 'format', why]));
      }
    });

    it('tells everybody our metadata, where the entity id says', async () => {
      const saml = await enable();
      const { entity_id, assertion_consumer_service_url } = saml.service_provider;
      const answer = await server.call('GET', new URL(entity_id).pathname, { key: null });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/samlmetadata+xml']);
      for (const text of [`entityID="${entity_id}"`, `Location="${assertion_consumer_service_url}"`, 'HTTP-POST'])
        expect(answer.text).toContain(text);
      await end(saml);
      await expectRefused(server, ['GET', `/saml/${saml.id}`, { key: null }], unknown('saml', saml.id));
    });

    // Whoever may do nothing is told so before the organization in the path is looked at.
    const own = `${iam}/organizations/{id}/saml`;
    const configuration = async () =>
      (await server.call('POST', path, { body: {} })).body.id ?? (await ask('GET', path)).id;
    itIsGuarded('saml', () => server, configuration, {
      'saml.get': [`GET ${own}`, 'read saml'],
      'saml.enable': [`POST ${own}`, 'create saml', {}],
      'saml.update': [`PATCH ${iam}/saml/{id}`, 'write saml', {}],
      'saml.parseMetadata': [`POST ${iam}/parse-saml-metadata`, 'write saml', metadataFile()],
      'saml.delete': [`DELETE ${iam}/saml/{id}`, 'delete saml'],
    });
    itIsGuarded('samlCertificates', () => server, configuration, {
      'samlCertificates.list': [`GET ${iam}/saml/{id}/certificates`, 'list saml_certificate'],
      'samlCertificates.add': [`POST ${iam}/saml/{id}/certificates`, 'create saml_certificate', signingCertificate],
      'samlCertificates.get': [`GET ${iam}/saml-certificates/{id}`, 'read saml_certificate'],
      'samlCertificates.delete': [`DELETE ${iam}/saml-certificates/{id}`, 'delete saml_certificate'],
    });
  });
}
