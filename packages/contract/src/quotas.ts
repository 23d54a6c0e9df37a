import { Type } from 'typebox';
import { Choice, Flag, Id, Text } from './fields.ts';
import { needs, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

const value = {
  limit: Type.Optional(Type.Integer({ description: 'Highest number allowed' })),
  unlimited: Type.Optional(Flag('True when there is no limit')),
};

export const Quota = Type.Object(
  {
    name: Text('Name'),
    pretty_name: Text('Name for people'),
    unit: Text('What is counted'),
    description: Text('What it limits'),
    locality_type: Choice(['global', 'region', 'zone'], 'Where it counts'),
    limits: Type.Array(
      Type.Object({
        global: Type.Optional(Flag('True for everywhere')),
        region: Type.Optional(Text('Region')),
        zone: Type.Optional(Text('Zone')),
        ...value,
      }),
      { description: 'Its value by locality' },
    ),
    ...value,
  },
  { title: 'Quotum' },
);

const organization_id = Id('Organization');

export const quotas = {
  list: operation({
    id: 'quotas.list',
    method: 'GET',
    path: '/iam/v1alpha1/quota',
    summary: 'List how much an organization may hold',
    query: Type.Object({
      order_by: OrderBy(['name'], 'name_asc'),
      ...paging(),
      quotum_names: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: 'Only these' })),
      organization_id,
    }),
    output: Page('quota', Quota),
    errors: ['not_found'],
    access: needs('iam:quota:list'),
  }),
  get: operation({
    id: 'quotas.get',
    method: 'GET',
    path: '/iam/v1alpha1/quota/{quotum_name}',
    summary: 'Show one quota',
    params: Type.Object({ quotum_name: Text('Name of the quota', { minLength: 1 }) }),
    query: Type.Object({ organization_id }),
    output: Quota,
    errors: ['not_found'],
    access: needs('iam:quota:read'),
  }),
};
