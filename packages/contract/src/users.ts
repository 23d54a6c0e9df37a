import { Type } from 'typebox';
import {
  ChangedTags,
  Choice,
  EnumFilter,
  Flag,
  Id,
  Ids,
  NewOrganizationId,
  NewTags,
  NullableTime,
  OrganizationFilter,
  oneOf,
  Tags,
  Text,
  Time,
  withCli,
} from './fields.ts';
import { needs, needsOrSelf, onExisting, onNew, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const User = Type.Object(
  {
    id: Id('User'),
    email: Text('E-mail address'),
    username: Text('Name at sign-in; the address for the owner'),
    first_name: Text('First name'),
    last_name: Text('Last name'),
    phone_number: Text('Phone number'),
    locale: Text('Language and region'),
    created_at: Time('When it was made'),
    updated_at: Time('When it was last changed'),
    organization_id: Id('Organization it belongs to'),
    deletable: Flag('False for the owner'),
    last_login_at: NullableTime('Last sign-in'),
    type: Choice(['unknown_type', 'owner', 'member'], 'Owner or member'),
    two_factor_enabled: Type.Boolean({ description: 'The same as mfa', deprecated: true }),
    status: Type.Unsafe<'unknown_status' | 'invitation_pending' | 'activated'>({
      type: 'string',
      enum: ['unknown_status', 'invitation_pending', 'activated'],
      deprecated: true,
      description: 'Whether an invitation is still open',
    }),
    mfa: Flag('True once a second factor is active'),
    account_root_user_id: Text('Account of the owner; empty for members'),
    tags: Tags,
    locked: Flag('True while it may do nothing'),
  },
  { title: 'User' },
);

const username = Text('Name at sign-in, unique in the organization', {
  minLength: 2,
  maxLength: 150,
  pattern: '^[a-zA-Z0-9@._-]+$',
});
const personName = (which: string) => Text(which, { maxLength: 64 });
/** Lengths of passwords count bytes (docs/wire.md). */
const password = (minimum: number) =>
  Type.String({
    description: 'Password, at most 72 bytes',
    'x-min-bytes': minimum,
    'x-max-bytes': 72,
    writeOnly: true,
  });

const email = Type.String({ format: 'mail-address', description: 'E-mail address' });

const Member = Type.Object({
  email: withCli(email, { whenAbsent: 'empty' }),
  send_password_email: Type.Optional(withCli(Flag('Mail the password'), { whenAbsent: 'false' })),
  send_welcome_email: Type.Optional(withCli(Flag('Mail a welcome'), { whenAbsent: 'false' })),
  username: withCli(username, { whenAbsent: 'empty' }),
  password: Type.Optional(withCli(password(0), { whenAbsent: 'empty' })),
  first_name: Type.Optional(withCli(personName('First name'), { whenAbsent: 'empty' })),
  last_name: Type.Optional(withCli(personName('Last name'), { whenAbsent: 'empty' })),
  phone_number: Type.Optional(withCli(Text('Phone number', { maxLength: 32 }), { whenAbsent: 'empty' })),
  locale: Type.Optional(
    withCli(Text('Language and region, en_US when empty', { maxLength: 16 }), { whenAbsent: 'empty' }),
  ),
});

const params = Type.Object({ user_id: Id('User') });

export const users = {
  list: operation({
    id: 'users.list',
    method: 'GET',
    path: '/iam/v1alpha1/users',
    summary: 'List users',
    query: Type.Object({
      order_by: OrderBy(['created_at', 'updated_at', 'email', 'last_login', 'username'], 'created_at_asc'),
      ...paging(),
      user_ids: Type.Optional(Ids('Only these')),
      mfa: Type.Optional(Flag('Only with, or only without, a second factor')),
      tag: Type.Optional(Text('Only with a tag that holds this text')),
      type: EnumFilter(['unknown_type', 'owner', 'member'], 'Only of this type'),
      organization_id: OrganizationFilter({ uuid: false, whenEmpty: false, shown: true }),
    }),
    output: Page('users', User),
    errors: ['not_found'],
    access: needs('iam:user:list'),
    command: {
      words: 'iam user list',
      examples: [{ title: 'Members without a second factor', line: 'scw iam user list type=member mfa=false' }],
    },
  }),
  create: operation({
    id: 'users.create',
    method: 'POST',
    path: '/iam/v1alpha1/users',
    summary: 'Create a member, or invite one by e-mail',
    body: Type.Object(
      {
        email: Type.Optional(email),
        tags: NewTags,
        member: Type.Optional(Member),
        organization_id: NewOrganizationId,
      },
      oneOf({ name: 'type', members: ['email', 'member'], required: true }),
    ),
    output: User,
    errors: ['not_found', 'already_exists', 'quotas_exceeded'],
    access: onNew(needs('iam:user:create'), 'member.username', 'email'),
    audit: { resource: 'user', action: 'created' },
    command: {
      words: 'iam user create',
      examples: [
        {
          title: 'A member who gets a mail',
          line: 'scw iam user create member.username=ada member.email=ada@example.org member.send-welcome-email=true',
        },
      ],
    },
  }),
  get: operation({
    id: 'users.get',
    method: 'GET',
    path: '/iam/v1alpha1/users/{user_id}',
    summary: 'Show a user',
    params,
    output: User,
    errors: ['not_found'],
    access: onExisting(needsOrSelf('iam:user:read', 'iam:self_user:read', 'user_id'), 'user', 'user_id'),
    command: { words: 'iam user get', positional: 'user_id' },
  }),
  update: operation({
    id: 'users.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/users/{user_id}',
    summary: 'Change the data of a user',
    params,
    body: Type.Object({
      tags: ChangedTags,
      email: Type.Optional(email),
      first_name: Type.Optional(personName('First name')),
      last_name: Type.Optional(personName('Last name')),
      phone_number: Type.Optional(Text('Phone number', { maxLength: 32 })),
      locale: Type.Optional(Text('Language and region', { maxLength: 16 })),
    }),
    output: User,
    errors: ['not_found', 'already_exists'],
    access: onExisting(needsOrSelf('iam:user:write', 'iam:self_user:write', 'user_id'), 'user', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
    command: {
      words: 'iam user update',
      examples: [
        {
          title: 'Change the name',
          line: 'scw iam user update 0c0ffee0-0000-4000-8000-000000000004 first-name=Ada last-name=Lovelace',
        },
      ],
      positional: 'user_id',
    },
  }),
  delete: operation({
    id: 'users.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/users/{user_id}',
    summary: 'Delete a member with its API keys',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needsOrSelf('iam:user:delete', 'iam:self_user:delete', 'user_id'), 'user', 'user_id'),
    audit: { resource: 'user', action: 'deleted' },
    command: { words: 'iam user delete', positional: 'user_id' },
  }),
  updateUsername: operation({
    id: 'users.updateUsername',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/update-username',
    summary: 'Give a member another username',
    params,
    body: Type.Object({ username }),
    output: User,
    errors: ['not_found', 'already_exists', 'precondition_failed'],
    access: onExisting(needs('iam:user:set_username'), 'user', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
    command: {
      words: 'iam user update-username',
      examples: [
        {
          title: 'Set a user name',
          line: 'scw iam user update-username 0c0ffee0-0000-4000-8000-000000000004 username=ada',
        },
      ],
      positional: 'user_id',
    },
  }),
  updatePassword: operation({
    id: 'users.updatePassword',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/update-password',
    summary: 'Set the password of a user',
    params,
    body: Type.Object({ password: password(1) }),
    output: User,
    errors: ['not_found', 'too_many_requests'],
    access: onExisting(
      needsOrSelf('iam:user:set_password', 'iam:self_user:set_password', 'user_id'),
      'user',
      'user_id',
    ),
    audit: { resource: 'user', action: 'updated' },
    command: {
      words: 'iam user update-password',
      examples: [
        {
          title: 'Set a password',
          line: 'scw iam user update-password 0c0ffee0-0000-4000-8000-000000000004 password="$(pwgen 20 1)"',
        },
      ],
      positional: 'user_id',
    },
  }),
  lock: operation({
    id: 'users.lock',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/lock',
    summary: 'Lock a member: no sign-in, and its API keys may do nothing',
    params,
    body: Type.Object({}),
    output: User,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:user:lock'), 'user', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
    command: {
      words: 'iam user lock',
      examples: [
        { title: 'Lock a user, whose sessions end', line: 'scw iam user lock 0c0ffee0-0000-4000-8000-000000000004' },
      ],
      positional: 'user_id',
    },
  }),
  unlock: operation({
    id: 'users.unlock',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/unlock',
    summary: 'Unlock a member',
    params,
    body: Type.Object({}),
    output: User,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:user:lock'), 'user', 'user_id'),
    audit: { resource: 'user', action: 'updated' },
    command: { words: 'iam user unlock', positional: 'user_id' },
  }),
};
