import { Type } from 'typebox';
import {
  ChangedTags,
  Description,
  Flag,
  Id,
  Ids,
  Name,
  NewDescription,
  NewName,
  NewOrganizationId,
  NewTags,
  OrganizationFilter,
  oneOf,
  Tags,
  Text,
  Time,
  withCli,
} from './fields.ts';
import { needs, onExisting, onNew, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const Group = Type.Object(
  {
    id: Id('Group'),
    created_at: Time('When it was made'),
    updated_at: Time('When it was last changed; memberships do not count'),
    organization_id: Id('Organization it belongs to'),
    name: Text('Name'),
    description: Text('What it is for'),
    user_ids: Ids('Users in it'),
    application_ids: Ids('Applications in it'),
    tags: Tags,
    editable: Flag('False when it cannot be changed'),
    deletable: Flag('False when it cannot be deleted'),
    managed: Flag('True when the platform owns it'),
    all_users: Flag('True for the group of all users, of whom it shows the first thousand'),
    all_applications: Flag('True for the group of all applications'),
  },
  { title: 'Group' },
);

const params = Type.Object({ group_id: Id('Group') });
/** More than the members a quota allows, so that one call can name them all. */
const maximumMembers = 10_000;
const memberIds = (what: string) => withCli(Ids(what, { maxItems: maximumMembers }), { whenAbsent: 'null' });
const member = Type.Object(
  { user_id: Type.Optional(Id('User')), application_id: Type.Optional(Id('Application')) },
  oneOf({ name: 'member', members: ['user_id', 'application_id'], required: true }),
);

export const groups = {
  list: operation({
    id: 'groups.list',
    method: 'GET',
    path: '/iam/v1alpha1/groups',
    summary: 'List groups',
    query: Type.Object({
      order_by: OrderBy(['created_at', 'updated_at', 'name'], 'created_at_asc'),
      ...paging(),
      name: Type.Optional(Text('Only with this name', { minLength: 1 })),
      application_ids: Type.Optional(Ids('Only with one of these applications')),
      user_ids: Type.Optional(Ids('Only with one of these users')),
      group_ids: Type.Optional(Ids('Only these')),
      tag: Type.Optional(Text('Only with a tag that holds this text')),
      organization_id: OrganizationFilter({ uuid: true, whenEmpty: true, shown: true }),
    }),
    output: Page('groups', Group),
    errors: ['not_found'],
    access: needs('iam:group:list'),
    command: { words: 'iam group list', columns: ['ID', 'Name', 'UserIDs', 'ApplicationIDs'] },
  }),
  create: operation({
    id: 'groups.create',
    method: 'POST',
    path: '/iam/v1alpha1/groups',
    summary: 'Create a group',
    body: Type.Object({
      name: NewName('group', 'grp'),
      description: NewDescription('group'),
      tags: NewTags,
      organization_id: NewOrganizationId,
    }),
    output: Group,
    errors: ['not_found', 'already_exists', 'quotas_exceeded'],
    access: onNew(needs('iam:group:create'), 'name'),
    audit: { resource: 'group', action: 'created' },
    command: {
      words: 'iam group create',
      examples: [
        {
          title: 'A group for a team',
          line: 'scw iam group create name=storage description="Looks after the buckets"',
        },
      ],
      seeAlso: ['scw iam group add-member', 'scw iam group delete', 'scw iam policy create'],
    },
  }),
  get: operation({
    id: 'groups.get',
    method: 'GET',
    path: '/iam/v1alpha1/groups/{group_id}',
    summary: 'Show a group',
    params,
    output: Group,
    errors: ['not_found'],
    access: onExisting(needs('iam:group:read'), 'group', 'group_id'),
    command: { words: 'iam group get', positional: 'group_id' },
  }),
  update: operation({
    id: 'groups.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/groups/{group_id}',
    summary: 'Change a group',
    params,
    body: Type.Object({
      name: Type.Optional(Name('group')),
      description: Type.Optional(Description('group')),
      tags: ChangedTags,
    }),
    output: Group,
    errors: ['not_found', 'already_exists', 'precondition_failed'],
    access: onExisting(needs('iam:group:write'), 'group', 'group_id'),
    audit: { resource: 'group', action: 'updated' },
    command: { words: 'iam group update', positional: 'group_id' },
  }),
  setMembers: operation({
    id: 'groups.setMembers',
    method: 'PUT',
    path: '/iam/v1alpha1/groups/{group_id}/members',
    summary: 'Replace the members of a group',
    params,
    body: Type.Object({
      user_ids: Type.Optional(withCli(memberIds('Users'), { requiredByClient: true })),
      application_ids: Type.Optional(withCli(memberIds('Applications'), { requiredByClient: true })),
    }),
    output: Group,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:group:manage_members'), 'group', 'group_id'),
    audit: { resource: 'group', action: 'updated' },
    command: {
      words: 'iam group set-members',
      examples: [
        {
          title: 'Exactly these two',
          line: 'scw iam group set-members group-id=0c0ffee0-0000-4000-8000-000000000003 user-ids.0=0c0ffee0-0000-4000-8000-000000000004 application-ids.0=0c0ffee0-0000-4000-8000-000000000001',
        },
      ],
      seeAlso: ['scw iam group add-member', 'scw iam group remove-member'],
    },
  }),
  addMember: operation({
    id: 'groups.addMember',
    method: 'POST',
    path: '/iam/v1alpha1/groups/{group_id}/add-member',
    summary: 'Add a user or an application to a group',
    params,
    body: member,
    output: Group,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:group:manage_members'), 'group', 'group_id'),
    audit: { resource: 'group', action: 'updated' },
    command: {
      words: 'iam group add-member',
      examples: [
        {
          title: 'Add a user',
          line: 'scw iam group add-member 0c0ffee0-0000-4000-8000-000000000003 user-id=0c0ffee0-0000-4000-8000-000000000004',
        },
      ],
      positional: 'group_id',
    },
  }),
  addMembers: operation({
    id: 'groups.addMembers',
    method: 'POST',
    path: '/iam/v1alpha1/groups/{group_id}/add-members',
    summary: 'Add several users and applications to a group',
    params,
    body: Type.Object({
      user_ids: Type.Optional(memberIds('Users')),
      application_ids: Type.Optional(memberIds('Applications')),
    }),
    output: Group,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:group:manage_members'), 'group', 'group_id'),
    audit: { resource: 'group', action: 'updated' },
    command: {
      words: 'iam group add-members',
      examples: [
        {
          title: 'Add two applications',
          line: 'scw iam group add-members group-id=0c0ffee0-0000-4000-8000-000000000003 application-ids.0=0c0ffee0-0000-4000-8000-000000000001 application-ids.1=0c0ffee0-0000-4000-8000-000000000002',
        },
      ],
    },
  }),
  removeMember: operation({
    id: 'groups.removeMember',
    method: 'POST',
    path: '/iam/v1alpha1/groups/{group_id}/remove-member',
    summary: 'Remove a user or an application from a group',
    params,
    body: member,
    output: Group,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:group:manage_members'), 'group', 'group_id'),
    audit: { resource: 'group', action: 'updated' },
    command: {
      words: 'iam group remove-member',
      examples: [
        {
          title: 'Remove a user',
          line: 'scw iam group remove-member 0c0ffee0-0000-4000-8000-000000000003 user-id=0c0ffee0-0000-4000-8000-000000000004',
        },
      ],
      positional: 'group_id',
      seeAlso: ['scw iam group add-member', 'scw iam group create'],
    },
  }),
  delete: operation({
    id: 'groups.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/groups/{group_id}',
    summary: 'Delete a group',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:group:delete'), 'group', 'group_id'),
    audit: { resource: 'group', action: 'deleted' },
    command: {
      words: 'iam group delete',
      examples: [{ title: 'Delete a group', line: 'scw iam group delete 0c0ffee0-0000-4000-8000-000000000003' }],
      positional: 'group_id',
      seeAlso: ['scw iam group list', 'scw iam group create'],
    },
  }),
};
