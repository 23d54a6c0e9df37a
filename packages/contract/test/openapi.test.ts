import { operations } from '@bailiwick/contract';
import { openApiDocument } from '@bailiwick/contract/openapi';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';

const document = openApiDocument({ serverUrl: 'https://iam.example.org', version: '1.2.3' });
const text = JSON.stringify(document);

/** Every object in the document with the path to it. */
function* objects(node: unknown, path = '#'): Generator<readonly [string, Record<string, unknown>]> {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node)) yield [path, node as Record<string, unknown>];
  for (const [key, inner] of Object.entries(node)) yield* objects(inner, `${path}/${key}`);
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as never)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('holds every operation once', () => {
    const ids = [...objects(document)].map(([, object]) => object.operationId).filter((id) => id !== undefined);
    expect(ids.toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
  });

  it('holds none of our own keywords but the permission', () => {
    const keywords = [...objects(document)]
      .flatMap(([, object]) => Object.keys(object))
      .filter((key) => /^(x-|~)/.test(key));
    expect(new Set(keywords)).toEqual(new Set(['x-permission']));
  });

  it('has no reference that leads nowhere', () => {
    const at = (reference: string) =>
      reference
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => at(reference) === undefined)).toEqual([]);
  });

  it('describes every member of every resource', () => {
    const schemas = [...objects(document, '#')].filter(([path]) =>
      /^#\/components\/schemas\/\w+\/properties\/\w+$/.test(path),
    );
    const silent = schemas.filter(([, schema]) => schema.description === undefined && schema.$ref === undefined);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('says in words what JSON Schema cannot', () => {
    expect(text).toContain('At most one of `user_id`, `group_id`, `application_id`, `no_principal`.');
    expect(text).toContain('At most 72 bytes.');
  });

  it('lets only the public operations pass without credentials', () => {
    const open = [...objects(document)].filter(
      ([, object]) => Array.isArray(object.security) && object.security.length === 0,
    );
    expect(open.map(([, object]) => object.operationId)).toEqual([
      'signIn.start',
      'signIn.password',
      'signIn.sendCode',
      'signIn.code',
      'signIn.saml',
      'signIn.answerSaml',
      'signIn.finishSaml',
      'signIn.webauthn',
      'signIn.secondFactor',
      'signIn.recover',
      'signIn.setPassword',
      'signIn.renew',
      'signIn.signOut',
      'signInGrants.redeemCode',
      'signInGrants.startDevice',
      'signInGrants.redeemDevice',
      'authzen.configuration',
      'gateway.metadata',
    ]);
  });
});
