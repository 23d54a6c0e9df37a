import { Type } from 'typebox';
import { Choice, Id, Text, withCli } from './fields.ts';
import { operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';
import { scopeTypes } from './rules.ts';

export const PermissionSet = Type.Object(
  {
    id: Id('Permission set'),
    name: Text('Name, as rules use it'),
    scope_type: Choice(scopeTypes, 'Whether it is granted in projects or in the organization'),
    description: Text('What it allows'),
    categories: Type.Array(Type.String(), { description: 'Subjects it belongs to' }),
  },
  { title: 'PermissionSet' },
);

/** A set with what it contains. */
export const PermissionSetContents = Type.Object(
  {
    ...PermissionSet.properties,
    includes: Type.Array(Type.String(), { description: 'Sets that it contains' }),
    permissions: Type.Array(Type.String(), { description: 'Permissions that it grants, those of included sets too' }),
  },
  { title: 'PermissionSetContents' },
);

export const permissionSets = {
  list: operation({
    id: 'permissionSets.list',
    method: 'GET',
    path: '/iam/v1alpha1/permission-sets',
    summary: 'List the permission sets that rules can grant',
    query: Type.Object({
      order_by: OrderBy(['name', 'created_at'], 'name_asc', 'created_at_asc'),
      ...paging(),
      organization_id: withCli(Id('Organization'), {
        uuid: true,
        requiredByClient: false,
        fromConfig: { setting: 'organization', shown: false, whenEmpty: true },
      }),
    }),
    output: Page('permission_sets', PermissionSet),
    errors: ['not_found'],
    access: { kind: 'bearer' },
    command: {
      words: 'iam permission-set list',
      examples: [
        { title: 'Names and what they are about', line: 'scw iam permission-set list -o human=Name,Description' },
      ],
      seeAlso: ['scw iam permission-set get'],
    },
  }),
  get: operation({
    id: 'permissionSets.get',
    method: 'GET',
    path: '/iam/v1alpha1/permission-sets/{permission_set_name}',
    summary: 'Get a permission set with the permissions that it grants',
    params: Type.Object({
      permission_set_name: Text('Name of the permission set', { minLength: 1, maxLength: 64 }),
    }),
    output: PermissionSetContents,
    errors: ['not_found'],
    access: { kind: 'bearer' },
    command: {
      words: 'iam permission-set get',
      examples: [{ title: 'What a rule with it would grant', line: 'scw iam permission-set get IAMReadOnly' }],
      positional: 'permission_set_name',
      seeAlso: ['scw iam permission-set list'],
    },
  }),
};
