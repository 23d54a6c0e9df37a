import { beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../test-support/databases.ts';
import { createMember } from './support/bearers.ts';
import { itIsGuarded } from './support/guard.ts';
import { ordersBy, type RefusedInput, refusedPaging, refusedTags } from './support/limits.ts';
import { idsOf } from './support/lists.ts';
import { withQuota } from './support/quota.ts';
import { expectRefused, type Fault, help, invalid, overQuota, taken, unknown } from './support/refusals.ts';
import { type Json, serverOn } from './support/server.ts';

const path = '/iam/v1alpha1/users';
const list = { path, items: 'users' };
const nobody = '6f0c0000-0000-4000-8000-000000000001';

const member = { username: 'refused', email: 'refused@example.org' };
const oneOfFault: Fault = ['type', 'required', 'value is required: one of email, member'];
const usernames = 'the address becomes the username: 2 to 150 of a-z, A-Z, 0-9, "@", ".", "_" and "-"';

const refusedBodies: readonly (readonly [what: string, body: Json, ...faults: Fault[]])[] = [
  ['neither an address nor a member', {}, oneOfFault],
  ['nothing but nulls', { email: null, member: null }, oneOfFault],
  [
    'an address and a member',
    { email: 'a@example.org', member },
    ['type', 'constraint', 'only one of email, member may be set'],
  ],
  ['an empty address', { email: '' }, ['email', 'format', help.email]],
  ['an address without a domain', { email: 'ada' }, ['email', 'format', help.email]],
  ['an address that cannot be a username', { email: 'ada+iam@example.org' }, ['email', 'constraint', usernames]],
  [
    'a member without username and address',
    { member: {} },
    ['member.email', 'required', help.required],
    ['member.username', 'required', help.required],
  ],
  ['a text as member', { member: 'ada' }, ['member', 'format', help.type('object')]],
  ['a malformed organization', { organization_id: 'org', member }, ['organization_id', 'format', help.uuid]],
];

/** What neither a new member nor a change takes. */
const refusedProfiles: readonly RefusedInput[] = [
  ['an empty address', '', ['email', 'format', help.email]],
  ['an address with a blank', 'a b@example.org', ['email', 'format', help.email]],
  ['an address with a line break', 'a@example.org\r\nBcc:x', ['email', 'format', help.email]],
  ['a first name of 65 characters', '😀'.repeat(65), ['first_name', 'constraint', help.atMost(64)]],
  ['a last name of 65 characters', 'n'.repeat(65), ['last_name', 'constraint', help.atMost(64)]],
  ['a last name with a zero character', '\0', ['last_name', 'format', help.unicode]],
  ['a phone number of 33 characters', '1'.repeat(33), ['phone_number', 'constraint', help.atMost(32)]],
  ['a locale of 17 characters', 'l'.repeat(17), ['locale', 'constraint', help.atMost(16)]],
];

const username = help.pattern('^[a-zA-Z0-9@._-]+$');

const refusedCredentials: readonly RefusedInput[] = [
  ['an empty username', '', ['username', 'constraint', help.atLeast(2)]],
  ['a username of 1 character', 'a', ['username', 'constraint', help.atLeast(2)]],
  ['a username of 151 characters', 'a'.repeat(151), ['username', 'constraint', help.atMost(150)]],
  ['a username with a blank', 'ada king', ['username', 'format', username]],
  ['a username with a letter beyond ASCII', 'adá', ['username', 'format', username]],
  ['a username that ends in a new line', 'ada\n', ['username', 'format', username]],
  ['a password of 73 bytes', 'p'.repeat(73), ['password', 'constraint', help.bytes('at most 72')]],
  ['a password of 37 characters in 74 bytes', 'é'.repeat(37), ['password', 'constraint', help.bytes('at most 72')]],
  ['a number as its password', 12345678, ['password', 'format', help.type('string')]],
  ['a wish that is no flag', 'yes', ['send_welcome_email', 'format', help.type('boolean')]],
];

for (const database of databases()) {
  describe(`refusals of users on ${database.name}`, () => {
    const server = serverOn(database, { quotas: { iam_users: 1000 } });
    let organization: string;
    let owner: string;

    beforeAll(() => {
      organization = server.organization.organizationId;
      owner = server.organization.ownerId;
    });

    it('a username is taken regardless of case, by the owner too', async () => {
      const { id } = await createMember(server, { username: 'Taken' });
      for (const [username, holder] of [
        ['tAKEN', id],
        ['Owner@example.org', owner],
      ] as const) {
        const refused = taken('user', holder, `the username "${username}" is taken: choose another`);
        const member = { username, email: 'a@example.org' };
        await expectRefused(server, ['POST', path, { body: { member } }], refused);
      }
      const invited = taken('user', owner, 'the username "owner@example.org" is taken: choose another');
      await expectRefused(server, ['POST', path, { body: { email: 'owner@example.org' } }], invited);
    });

    for (const [what, body, ...faults] of refusedBodies) {
      it(`users.create refuses ${what}`, async () => {
        await expectRefused(server, ['POST', path, { body }], invalid(...faults));
      });
    }

    for (const [what, value, [field, ...fault]] of [...refusedProfiles, ...refusedCredentials]) {
      it(`users.create refuses a member with ${what}`, async () => {
        const body = { member: { ...member, [field]: value } };
        await expectRefused(server, ['POST', path, { body }], invalid([`member.${field}`, ...fault]));
      });
    }

    for (const [what, value, fault] of refusedTags) {
      it(`users.create refuses ${what}`, async () => {
        await expectRefused(server, ['POST', path, { body: { member, tags: value } }], invalid(fault));
      });
    }

    for (const [what, value, fault] of [...refusedProfiles, ...refusedTags]) {
      it(`users.update refuses ${what}`, async () => {
        const [field = ''] = fault[0].split('[');
        await expectRefused(server, ['PATCH', `${path}/${owner}`, { body: { [field]: value } }], invalid(fault));
      });
    }

    it('users.list refuses filters and pages that are wrong', async () => {
      const orders = ordersBy('created_at', 'updated_at', 'email', 'last_login', 'username');
      const refused: readonly (readonly [query: string, fault: Fault])[] = [
        ...refusedPaging(orders),
        ['type=guest', ['type', 'constraint', help.oneOf('unknown_type', 'owner', 'member')]],
        ['type=owner&type=member', ['type', 'constraint', help.twice]],
        ['mfa=maybe', ['mfa', 'format', help.type('boolean')]],
        [`user_ids=${nobody}&user_ids=`, ['user_ids[1]', 'format', help.uuid]],
        ['organization_id=mine', ['organization_id', 'format', help.uuid]],
      ];
      for (const [query, fault] of refused) await expectRefused(server, ['GET', `${path}?${query}`], invalid(fault));
    });

    it('a user that is not there, or of another organization, is not found by any operation', async () => {
      const other = await server.anotherOrganization();
      const calls: readonly (readonly [method: string, action: string, body?: Json])[] = [
        ['GET', ''],
        ['PATCH', '', { first_name: 'Ada' }],
        ['DELETE', ''],
        ['POST', '/update-username', { username: 'somebody' }],
        ['POST', '/update-password', { password: 'somebody else it is' }],
        ['POST', '/lock', {}],
        ['POST', '/unlock', {}],
      ];
      for (const id of [nobody, other.ownerId]) {
        for (const [method, action, body] of calls)
          await expectRefused(server, [method, `${path}/${id}${action}`, { body }], unknown('user', id));
      }
      expect(await idsOf(server, list, `user_ids=${other.ownerId}`)).toEqual([]);
      const elsewhere = { organization_id: other.organizationId, member };
      const refused = unknown('organization', other.organizationId);
      await expectRefused(server, ['POST', path, { body: elsewhere }], refused);
      await expectRefused(server, ['GET', `${path}?organization_id=${other.organizationId}`], refused);
      for (const [method, action, body = {}] of calls)
        await expectRefused(
          server,
          [method, `${path}/me${action}`, { body }],
          invalid(['user_id', 'format', help.uuid]),
        );
    });

    it('one user more than the quota is refused, the owner included, and a deleted one makes room', async () => {
      const { id } = await createMember(server);
      const { total_count: quota } = (await server.call('GET', `${path}?page_size=1`)).body;
      await withQuota(server, 'iam_users', quota, async () => {
        await expectRefused(server, ['POST', path, { body: { member } }], overQuota('user', quota, organization));
        await server.call('DELETE', `${path}/${id}`);
        await createMember(server);
      });
    });

    itIsGuarded(
      'users',
      () => server,
      async () => owner,
      {
        'users.list': [`GET ${path}`, 'list user'],
        'users.create': [`POST ${path}`, 'create user', { member }],
        'users.get': [`GET ${path}/{id}`, 'read user'],
        'users.update': [`PATCH ${path}/{id}`, 'write user', { first_name: 'Ada' }],
        'users.delete': [`DELETE ${path}/{id}`, 'delete user'],
        'users.updateUsername': [`POST ${path}/{id}/update-username`, 'set_username user', { username: 'ada' }],
        'users.updatePassword': [
          `POST ${path}/{id}/update-password`,
          'set_password user',
          { password: 'open sesame street' },
        ],
        'users.lock': [`POST ${path}/{id}/lock`, 'lock user', {}],
        'users.unlock': [`POST ${path}/{id}/unlock`, 'lock user', {}],
      },
    );
  });
}
