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
    },
  }),
};
