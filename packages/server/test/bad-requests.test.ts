import { type Operation, operations } from '@bailiwick/contract';
import { isRequired, properties, type SchemaView } from '@bailiwick/contract/schema-view';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { dumpTables } from './support/dump.ts';
import { expectInvalid, type WrongArguments } from './support/invalid-arguments.ts';
import { anotherType } from './support/schema-faults.ts';
import { type Answer, serverOn } from './support/server.ts';
import { acceptable, requestOf } from './support/wrong-requests.ts';

type Body = string | Buffer;

const levels = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const brokenTexts = [
  ...[
    '{',
    '{"a":}',
    "{'a':1}",
    '{"a":1,}',
    '{"a":1}{}',
    '{"a":NaN}',
    '{"a":-Infinity}',
    '{"a":01}',
    '{"a":"\n"}',
    '{a:1}',
  ],
  ...['// note\n{}', ' ', '\u00a0{}', 'undefined', '{"a":"\\x41"}', '{"a":"\\ud80"}', 'name=web'],
];
const noUtf8 = [[0xff], [0x7b, 0xc3, 0x7d], [0x22, 0xed, 0xa0, 0x80, 0x22], [0xff, 0xfe, 0x7b, 0, 0x7d, 0]];
/** Bodies that no operation takes, with the reason. */
const wrongBodies: readonly (readonly [what: string, bodies: readonly Body[], reason: 'format' | 'constraint'])[] = [
  ['that is no JSON', brokenTexts, 'format'],
  ['that is no object', ['[]', '[{}]', '"{}"', '0', 'true', '-1e400'], 'format'],
  ['that is no UTF-8', noUtf8.map((bytes) => Buffer.from(bytes)), 'format'],
  [
    'of 33 and of 100,000 levels',
    [levels(33), '['.repeat(33) + ']'.repeat(33), levels(100_000), '['.repeat(100_000)],
    'constraint',
  ],
  ['of 10 MB', [`{"name":"${'x'.repeat(10_000_000)}"}`, '{'.repeat(10_000_000)], 'constraint'],
];
const otherContentTypes = [
  ...['text/plain', 'text/json', 'application/jsonp', 'application/merge-patch+json', 'application/octet-stream'],
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'application/json, text/plain'],
  ...['', 'x', '/', 'application/', '/json', ';', 'application json', 'é', 'a'.repeat(5000)],
];
/** Members that must not become properties of anything. */
const poison =
  '"__proto__":{"owner":true},"constructor":{"prototype":{"owner":true}},"toString":1,"hasOwnProperty":null';

const withBody = operations.filter(({ body }) => body !== undefined);

for (const database of databases()) {
  describe(`requests that are none, on ${database.name}`, () => {
    const server = serverOn(database);

    /** Everything else of the request is right. */
    const send = (operation: Operation, raw: Body, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
      const [parts] = fc.sample(acceptable(operation), { seed: 1, numRuns: 1 });
      const [path] = requestOf(operation, parts!);
      return server.call(operation.method, path, { raw, headers });
    };

    for (const operation of withBody) {
      it(`${operation.id} refuses a body that is none, and stores nothing`, async () => {
        const before = await dumpTables(server.services);
        for (const [, bodies, reason] of wrongBodies) {
          for (const body of bodies) expectInvalid(await send(operation, body), [['body', reason]]);
        }
        for (const type of otherContentTypes) {
          expectInvalid(await send(operation, '{}', { 'content-type': type }), [['content-type', 'format']]);
        }
        expect(await dumpTables(server.services)).toEqual(before);
      });
    }

    for (const operation of withBody.filter(({ body }) => properties(body).length > 0)) {
      it(`${operation.id} takes no body, null and {} for an object without members`, async () => {
        const schema: SchemaView = operation.body ?? {};
        const groups = (schema['x-one-of'] ?? []).filter(({ required }) => required);
        const names = properties(schema).flatMap(([name]) => (isRequired(schema, name) ? [name] : []));
        const wrong: WrongArguments = [...names, ...groups.map(({ name }) => name)].map((name) => [name, 'required']);
        const before = await dumpTables(server.services);
        for (const body of wrong.length > 0 ? ['', 'null', '{}', '\ufeff{}', ' {} \n'] : []) {
          expectInvalid(await send(operation, body), wrong);
        }
        const [[name, inner] = ['', {}]] = properties(schema);
        const inGroup = (schema['x-one-of'] ?? []).some(({ members }) => members.includes(name));
        const rest: WrongArguments = wrong.filter(
          ([other]) => other !== name && !(inGroup && groups.some((group) => group.name === other)),
        );
        const poisoned = await send(operation, `{${poison},${JSON.stringify(name)}:${anotherType(inner)},${poison}}`);
        expectInvalid(poisoned, [[name, 'format'], ...rest]);
        expect(Object.prototype).not.toHaveProperty('owner');
        expect(await dumpTables(server.services)).toEqual(before);
      });
    }

    it('a list of millions is refused for its length, and a hundred faults are told at most', async () => {
      const before = await dumpTables(server.services);
      const rules = (items: string) =>
        server.call('POST', '/iam/v1alpha1/policies', { raw: `{"name":"a","rules":[${items}]}` });
      for (const item of ['{}', '0', '[]', '"\\u0000"', 'null']) {
        const many = `${item},`.repeat(Math.floor(8_000_000 / (item.length + 1)));
        expectInvalid(await rules(`${many}${item}`), [['rules', 'constraint']]);
      }
      const empty = Array.from({ length: 100 }, () => `{"project_ids":[${'"",'.repeat(999)}""]}`);
      const { status, body } = await rules(empty.join(','));
      expect([status, body.details.length]).toEqual([400, 100]);
      expect(await dumpTables(server.services)).toEqual(before);
    });

    // A gateway asks with whatever method it was asked with.
    const paths = Map.groupBy(
      operations.filter(({ forwarded }) => forwarded === undefined),
      ({ path }) => path,
    );
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'];
    it('every path of the contract refuses the methods that it does not have', async () => {
      const body = '{"message":"method is not allowed","type":"method_not_allowed"}';
      // Below the paths of SCIM errors have another form (scim-access.test.ts).
      for (const [path, known] of [...paths].filter(([each]) => !each.startsWith('/scim/'))) {
        const written = path.replaceAll(/\{\w+\}/g, '6f0c0000-0000-4000-8000-000000000009');
        for (const method of methods.filter((name) => !known.some((operation) => operation.method === name))) {
          const answer = await server.call(method, written);
          expect([answer.status, answer.text, answer.headers['content-type']], `${method} ${path}`).toEqual([
            405,
            body,
            'application/json',
          ]);
        }
      }
    });

    const unknownPaths = [
      ...[
        '/iam',
        '/iam/v1alpha1',
        '/iam/v1alpha1/',
        '/iam/v1alpha1/nothing',
        '/iam/v1/users',
        '/iam/v1alpha1/users/a/b/c',
      ],
      ...[
        '/IAM/v1alpha1/users',
        '/iam//v1alpha1/users',
        '//iam/v1alpha1/users',
        '/iam/v1alpha1/users;a=b',
        '/iam/v1alpha1/users%3Fpage=1',
      ],
      ...[
        '/iam/v1alpha1/users%00',
        '/iam/v1alpha1/users%',
        '/iam/v1alpha1/users%zz',
        '/%ff',
        '/%e0%a4%a',
        '/iam%2Fv1alpha1%2Fusers',
      ],
      ...[
        '/iam/v1alpha1/__proto__',
        '/constructor',
        '/account/v2/projects',
        '/docs.json',
        `/${'a'.repeat(10_000)}`,
        `/${'%2e'.repeat(3000)}`,
      ],
    ];
    it('a path that does not exist is told as it was sent, to those we know', async () => {
      const stranger =
        '{"message":"authentication is denied","method":"api_key","reason":"invalid_argument","type":"denied_authentication"}';
      for (const path of unknownPaths) {
        for (const method of ['GET', 'POST']) {
          const answer = await server.call(method, `${path}?page=1`, { ...(method === 'POST' && { raw: '{' }) });
          const resource_id = path.slice(0, 200);
          expect([answer.status, answer.text, answer.headers['content-type']], path).toEqual([
            404,
            JSON.stringify({ message: 'resource is not found', resource: 'path', resource_id, type: 'not_found' }),
            'application/json',
          ]);
          const unknown = await server.call(method, path, {
            key: null,
            raw: 'x'.repeat(10_000_000),
            headers: { 'content-type': '' },
          });
          expect([unknown.status, unknown.text, unknown.headers['content-type']], path).toEqual([
            401,
            stranger,
            'application/json',
          ]);
        }
      }
    });

    it('nothing of a request is looked at before it is known who asks', async () => {
      const headers = { 'content-type': 'x', 'x-bailiwick-at-least': 'x' };
      const protectedOnes = operations.filter(({ access }) => access.kind !== 'public' && access.kind !== 'scim');
      for (const { id, method, path } of protectedOnes) {
        const written = path.replaceAll(/\{\w+\}/g, '%zz');
        for (const key of [null, '', 'x', 'é', '6f0c0000-0000-4000-8000-00000000000', 'a'.repeat(5000)]) {
          const { status, body } = await server.call(method, `${written}?page=x&page=`, { key, raw: '{', headers });
          expect([status, body], id).toEqual([
            401,
            {
              message: 'authentication is denied',
              method: 'api_key',
              reason: 'invalid_argument',
              type: 'denied_authentication',
            },
          ]);
        }
      }
    });
  });
}
