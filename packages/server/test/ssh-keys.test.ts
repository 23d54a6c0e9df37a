import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { create } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { ordersBy, refusedPaging } from './support/limits.ts';
import { expectOrder, expectPagesEnd, idsOf } from './support/lists.ts';
import { keyLine, publicKeys } from './support/public-keys.ts';
import { expectRefused, type Fault, help, invalid, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/ssh-keys';
const list = { path, items: 'ssh_keys' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';
const [[type = '', key = '', bits = 0, digest = ''] = []] = publicKeys;
const line = `${type} ${key}`;

for (const database of databases()) {
  describe(`SSH keys on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_ssh_keys: null } });
    let organization: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
    });

    const createKey = (body: Json = {}): Promise<Json> =>
      create(server, path, { name: 'laptop', public_key: line, project_id: organization, ...body });
    const newProject = async (): Promise<string> => (await create(server, '/account/v3/projects', { name: 'web' })).id;

    it('a new key is shown with its fingerprint and without its comment, in the order of the wire', async () => {
      const project = await newProject();
      const body = { name: 'laptop', public_key: `${line} ada@example.org\n`, project_id: project };
      const answer = await server.call('POST', path, { body });
      const { id, created_at } = answer.body;
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const expected = {
        id,
        name: 'laptop',
        public_key: line,
        fingerprint: `${bits} MD5:${digest} (${type})`,
        created_at,
        updated_at: created_at,
        organization_id: organization,
        project_id: project,
        disabled: false,
      };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify(expected)]);
      expect((await server.call('GET', `${path}/${id}`)).text).toBe(answer.text);
    });

    for (const [type, key, bits, digest] of publicKeys) {
      it(`the fingerprint of ${type} with ${bits} bits is the one that ssh-keygen prints`, async () => {
        const made = await createKey({ public_key: `  ${type}\t${key}   a comment of four words` });
        expect([made.public_key, made.fingerprint]).toEqual([`${type} ${key}`, `${bits} MD5:${digest} (${type})`]);
      });
    }

    it('a key without a name has an empty one, and a name may have 1000 characters', async () => {
      for (const name of ['', '🔑'.repeat(1000)]) expect((await createKey({ name })).name).toBe(name);
      for (const name of [null, undefined]) expect((await createKey({ name })).name).toBe('');
    });

    it('the same key may be added twice to a project', async () => {
      const [first, second] = [await createKey(), await createKey()];
      expect([first.public_key, first.id === second.id]).toEqual([second.public_key, false]);
    });

    it('a line of 65000 characters is read, whatever its comment', async () => {
      const public_key = `${line} `.padEnd(65_000, 'c');
      expect((await createKey({ public_key })).public_key).toBe(line);
      const request = ['POST', path, { body: { public_key: `${public_key}c`, project_id: organization } }] as const;
      await expectRefused(server, request, invalid(['public_key', 'constraint', help.atMost(65_000)]));
    });

    it('a change replaces what it names, moves updated_at at once and answers the whole key', async () => {
      const made = await createKey();
      const disabled = await server.call('PATCH', `${path}/${made.id}`, { body: { disabled: true } });
      const { updated_at } = disabled.body;
      expect(disabled.text).toBe(JSON.stringify({ ...made, updated_at, disabled: true }));
      expect(updated_at > made.updated_at).toBe(true);
      const renamed = await server.call('PATCH', `${path}/${made.id}`, {
        body: { name: '', public_key: 'ssh-rsa A', disabled: null },
      });
      expect(renamed.body).toEqual({ ...disabled.body, name: '', updated_at: renamed.body.updated_at });
      expect((await server.call('GET', `${path}/${made.id}`)).text).toBe(renamed.text);
    });

    it('a deleted key is gone', async () => {
      const { id } = await createKey();
      const deleted = await server.call('DELETE', `${path}/${id}`);
      expect([deleted.status, deleted.text]).toEqual([204, '']);
      for (const method of ['GET', 'PATCH', 'DELETE'])
        await expectRefused(server, [method, `${path}/${id}`, { body: {} }], unknown('ssh_key', id));
    });

    it('lists filter by name, project and whether keys are disabled', async () => {
      const project_id = await newProject();
      const [a, b] = [await createKey({ project_id, name: 'One key' }), await createKey({ project_id, name: 'two' })];
      await server.call('PATCH', `${path}/${b.id}`, { body: { disabled: true } });
      const elsewhere = await createKey({ name: 'One key' });
      const expected: Readonly<Record<string, readonly Json[]>> = {
        [`project_id=${project_id}`]: [a, b],
        [`project_id=${project_id.toUpperCase()}&organization_id=${organization}`]: [a, b],
        [`project_id=${project_id}&disabled=true`]: [b],
        [`project_id=${project_id}&disabled=False&organization_id=`]: [a],
        [`project_id=${project_id}&name=two`]: [b],
        [`project_id=${nobody}`]: [],
        'name=One%20key': [a, elsewhere],
        'name=One': [],
        'name=one%20key': [],
      };
      for (const [query, found] of Object.entries(expected))
        expect(await idsOf(server, list, query), query).toEqual(found.map(({ id }) => id));
    });

    it('lists are ordered by creation, change and name, and ids decide between equals', async () => {
      const project_id = await newProject();
      const made: Json[] = [];
      for (const name of ['delta', 'Alpha', 'álpha', 'bravo', 'Bravo', 'bravo'])
        made.push((await createKey({ project_id, name })).id);
      const [delta, alpha, accented, ...bravos] = made;
      const filter = `project_id=${project_id}`;
      expect(await idsOf(server, list, filter)).toEqual(made);
      await expectOrder(server, list, 'created_at', made, filter);
      const [lower, capital, lowerToo] = bravos;
      const byName = [alpha, accented, capital, ...[lower, lowerToo].toSorted(), delta];
      await expectOrder(server, list, 'name', byName, filter);
      await server.call('PATCH', `${path}/${delta}`, { body: { name: 'charlie' } });
      await expectOrder(server, list, 'updated_at', [...made.slice(1), delta], filter);
      const { db } = server.services.storage;
      await db.updateTable('ssh_keys').set({ created_at: 1 }).where('project_id', '=', project_id).execute();
      await expectOrder(server, list, 'created_at', made.toSorted(), filter);
    });

    it('a list has pages of 20 and counts all, also on a page past the end', async () => {
      const project_id = await newProject();
      for (let index = 0; index < 21; index += 1) await createKey({ project_id });
      const { body } = await server.call('GET', `${path}?project_id=${project_id}`);
      expect([body.ssh_keys.length, body.total_count]).toEqual([20, 21]);
      await expectPagesEnd(server, { ...list, path: `${path}?project_id=${project_id}` });
      await expectPagesEnd(server, list);
    });

    const blob = Buffer.from(key, 'base64');
    const parts = 'the key does not have the parts of its type';
    const unreadable: readonly (readonly [what: string, line: unknown, help: string])[] = [
      ['no key after its type', type, 'the key after its type is base64'],
      ['something else after its type', `${type} not-base64`, 'the key after its type is base64'],
      ['base64 with a slip', `${type} ${key.slice(0, -1)}`, 'the key after its type is base64'],
      [
        'an unknown type',
        `ssh-foo ${key}`,
        'the key begins with its type, one of ssh-rsa, ssh-dss, ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521',
      ],
      ['another type before it', `ssh-rsa ${key}`, 'the type before the key is not the type within it'],
      ['two lines', `${line}\n${line}`, 'a public key is one line'],
      ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r', 'a public key is one line'],
      ['a key that is cut off', `${type} ${blob.subarray(0, 48).toString('base64')}`, 'the key is cut off'],
      ['a key with a part too many', keyLine(type, type, Buffer.alloc(32), 'more'), parts],
      ['a key with a short part', keyLine(type, type, Buffer.alloc(31)), parts],
      ['a key of the wrong curve', keyLine('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp384', ''), parts],
      [
        'a point that is compressed',
        keyLine('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(33, 2)),
        parts,
      ],
      [
        'a point of another form',
        keyLine('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 6)),
        parts,
      ],
      [
        'an RSA key of 1023 bits',
        keyLine('ssh-rsa', 'ssh-rsa', Buffer.from([1, 0, 1]), Buffer.alloc(128, 0x7f)),
        'an RSA key has at least 1024 bits',
      ],
      ['a negative RSA exponent', keyLine('ssh-rsa', 'ssh-rsa', Buffer.from([0x81]), Buffer.alloc(129, 0x7f)), parts],
    ];
    for (const [what, public_key, sentence] of unreadable) {
      it(`sshKeys.create refuses ${what}`, async () => {
        const request = ['POST', path, { body: { public_key, project_id: organization } }] as const;
        await expectRefused(server, request, invalid(['public_key', 'format', sentence]));
      });
    }

    it('sshKeys.create names every fault at once', async () => {
      const body = { name: 'n'.repeat(1001), public_key: '', project_id: '' };
      await expectRefused(
        server,
        ['POST', path, { body }],
        invalid(
          ['name', 'constraint', help.atMost(1000)],
          ['public_key', 'constraint', help.atLeast(1)],
          ['project_id', 'format', help.uuid],
        ),
      );
      await expectRefused(
        server,
        ['POST', path, { body: { public_key: null } }],
        invalid(['public_key', 'required', help.required], ['project_id', 'required', help.required]),
      );
    });

    it('sshKeys.update refuses a name that is too long and a flag that is none', async () => {
      const { id } = await createKey();
      const body = { name: 'n'.repeat(1001), disabled: 'yes' };
      const faults = [
        ['name', 'constraint', help.atMost(1000)],
        ['disabled', 'format', help.type('boolean')],
      ] as const;
      await expectRefused(server, ['PATCH', `${path}/${id}`, { body }], invalid(...faults));
    });

    it('a project or a key that is not there, or of another organization, is not found', async () => {
      const other = await server.anotherOrganization();
      const foreign = await server.call('POST', path, {
        key: other.secretKey,
        body: { public_key: line, project_id: other.organizationId },
      });
      expect(foreign.status, foreign.text).toBe(200);
      for (const project_id of [nobody, other.organizationId])
        await expectRefused(
          server,
          ['POST', path, { body: { public_key: line, project_id } }],
          unknown('project_id', project_id),
        );
      for (const id of [nobody, foreign.body.id]) {
        for (const method of ['GET', 'PATCH', 'DELETE'])
          await expectRefused(server, [method, `${path}/${id}`, { body: {} }], unknown('ssh_key', id));
      }
      expect(await idsOf(server, list, `project_id=${other.organizationId}`)).toEqual([]);
      const filtered = `${path}?organization_id=${other.organizationId}`;
      await expectRefused(server, ['GET', filtered], unknown('organization', other.organizationId));
      await expectRefused(server, ['GET', `${path}/laptop`], invalid(['ssh_key_id', 'format', help.uuid]));
    });

    it('sshKeys.list refuses filters and pages that are wrong', async () => {
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(ordersBy('created_at', 'updated_at', 'name')),
        ['name=', ['name', 'constraint', help.atLeast(1)]],
        [`name=${'n'.repeat(1001)}`, ['name', 'constraint', help.atMost(1000)]],
        ['project_id=', ['project_id', 'format', help.uuid]],
        ['disabled=2', ['disabled', 'format', help.type('boolean')]],
      ];
      for (const [query, fault] of refused) await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
    });

    itIsGuarded(
      'sshKeys',
      () => server,
      async () => (await createKey()).id,
      {
        'sshKeys.list': [`GET ${path}?project_id={id}`, 'list ssh_key'],
        'sshKeys.create': [`POST ${path}`, 'create ssh_key', { public_key: line, project_id: '{id}' }],
        'sshKeys.get': [`GET ${path}/{id}`, 'read ssh_key'],
        'sshKeys.update': [`PATCH ${path}/{id}`, 'write ssh_key', { name: 'mine' }],
        'sshKeys.delete': [`DELETE ${path}/{id}`, 'delete ssh_key'],
      },
    );
  });
}
