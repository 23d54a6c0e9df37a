import { Type } from 'typebox';
import {
  ChangedTags,
  Count,
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
  Tags,
  Text,
  Time,
} from './fields.ts';
import { needs, onExisting, onNew, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const Application = Type.Object(
  {
    id: Id('Application'),
    name: Text('Name'),
    description: Text('What it is for'),
    created_at: Time('When it was made'),
    updated_at: Time('When it was last changed'),
    organization_id: Id('Organization it belongs to'),
    editable: Flag('False when it cannot be changed'),
    deletable: Flag('False when it cannot be deleted'),
    managed: Flag('True when the platform owns it'),
    nb_api_keys: Count('API keys it bears'),
    tags: Tags,
  },
  { title: 'Application' },
);

const params = Type.Object({ application_id: Id('Application') });

export const applications = {
  list: operation({
    id: 'applications.list',
    method: 'GET',
    path: '/iam/v1alpha1/applications',
    summary: 'List applications',
    query: Type.Object({
      order_by: OrderBy(['created_at', 'updated_at', 'name'], 'created_at_asc'),
      ...paging(),
      name: Type.Optional(Name('application')),
      editable: Type.Optional(Flag('Only those that can, or cannot, be changed')),
      application_ids: Type.Optional(Ids('Only these')),
      tag: Type.Optional(Text('Only with a tag that holds this text')),
      organization_id: OrganizationFilter({ uuid: true, whenEmpty: true, shown: true }),
    }),
    output: Page('applications', Application),
    errors: ['not_found'],
    access: needs('iam:application:list'),
    command: {
      words: 'iam application list',
      examples: [
        { title: 'Names and ids only', line: 'scw iam application list -o human=Name,ID' },
        { title: 'Those with a tag', line: 'scw iam application list tag=ci' },
      ],
    },
  }),
  create: operation({
    id: 'applications.create',
    method: 'POST',
    path: '/iam/v1alpha1/applications',
    summary: 'Create an application',
    body: Type.Object({
      name: NewName('application', 'app'),
      description: NewDescription('application'),
      tags: NewTags,
      organization_id: NewOrganizationId,
    }),
    output: Application,
    errors: ['not_found', 'quotas_exceeded'],
    access: onNew(needs('iam:application:create'), 'name'),
    audit: { resource: 'application', action: 'created' },
    command: {
      words: 'iam application create',
      examples: [
        {
          title: 'An application with two tags',
          line: 'scw iam application create name=deploy tags.0=ci tags.1=production',
        },
      ],
    },
  }),
  get: operation({
    id: 'applications.get',
    method: 'GET',
    path: '/iam/v1alpha1/applications/{application_id}',
    summary: 'Show an application',
    params,
    output: Application,
    errors: ['not_found'],
    access: onExisting(needs('iam:application:read'), 'application', 'application_id'),
    command: { words: 'iam application get', positional: 'application_id' },
  }),
  update: operation({
    id: 'applications.update',
    method: 'PATCH',
    path: '/iam/v1alpha1/applications/{application_id}',
    summary: 'Change an application',
    params,
    body: Type.Object({
      name: Type.Optional(Name('application')),
      description: Type.Optional(Description('application')),
      tags: ChangedTags,
    }),
    output: Application,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:application:write'), 'application', 'application_id'),
    audit: { resource: 'application', action: 'updated' },
    command: {
      words: 'iam application update',
      examples: [
        {
          title: 'Take all tags away',
          line: 'scw iam application update 0c0ffee0-0000-4000-8000-000000000001 tags=none',
        },
      ],
      positional: 'application_id',
    },
  }),
  delete: operation({
    id: 'applications.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/applications/{application_id}',
    summary: 'Delete an application with its API keys',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: onExisting(needs('iam:application:delete'), 'application', 'application_id'),
    audit: { resource: 'application', action: 'deleted' },
    command: {
      words: 'iam application delete',
      examples: [
        {
          title: 'Delete two of them at once',
          line: 'scw iam application delete 0c0ffee0-0000-4000-8000-000000000001 0c0ffee0-0000-4000-8000-000000000002',
        },
      ],
      positional: 'application_id',
    },
  }),
};
