import { Type } from 'typebox';
import {
  Choice,
  Id,
  Ids,
  NewDescription,
  NewOrganizationId,
  OrganizationFilter,
  Text,
  Time,
  withCli,
} from './fields.ts';
import { needs, operation } from './operation.ts';
import { OrderBy, paging } from './pagination.ts';

const Qualification = Type.Unsafe<{ readonly architecture_type: string } | null>({
  type: ['object', 'null'],
  properties: { architecture_type: { type: 'string' } },
  required: ['architecture_type'],
  description: 'What the project is used for; null in the answer that creates or changes it',
});

export const Project = Type.Object(
  {
    id: Id('Project'),
    name: Text('Name'),
    organization_id: Id('Organization it belongs to'),
    created_at: Time('When it was made'),
    updated_at: Time('When it was last changed'),
    description: Text('What it is for'),
    qualification: Qualification,
    status: Choice(['unknown_status', 'active', 'deleting'], 'Whether it can be used'),
  },
  { title: 'Project' },
);

/** Projects come in larger pages than the rest (docs/wire.md). */
export const projectPageSize = 50;

const name = Text('Name of the project', { minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9._\\- ]+$' });
const project = Id('Project');
const params = Type.Object({ project_id: withCli(project, { uuid: true }) });

export const projects = {
  list: operation({
    id: 'projects.list',
    method: 'GET',
    path: '/account/v3/projects',
    summary: 'List projects',
    query: Type.Object({
      name: Type.Optional(Text('Only with this name', { minLength: 1 })),
      order_by: OrderBy(['created_at', 'name'], 'created_at_asc', null),
      ...paging(projectPageSize),
      project_ids: Type.Optional(Ids('Only these')),
      organization_id: OrganizationFilter({ uuid: true, whenEmpty: true, shown: false }),
    }),
    output: Type.Object({
      total_count: Type.Integer({ minimum: 0, description: 'Matches on all pages' }),
      projects: Type.Array(Project),
    }),
    errors: ['not_found'],
    access: needs('account:project:list'),
    command: { words: 'account project list' },
  }),
  create: operation({
    id: 'projects.create',
    method: 'POST',
    path: '/account/v3/projects',
    summary: 'Create a project',
    body: Type.Object({
      name: withCli(name, { generated: 'proj' }),
      description: NewDescription('project'),
      organization_id: NewOrganizationId,
    }),
    output: Project,
    errors: ['not_found', 'quotas_exceeded'],
    access: needs('account:project:create'),
    audit: { resource: 'project', action: 'created' },
    command: {
      words: 'account project create',
      examples: [{ title: 'A project', line: 'scw account project create name=web description="The shop"' }],
    },
  }),
  get: operation({
    id: 'projects.get',
    method: 'GET',
    path: '/account/v3/projects/{project_id}',
    summary: 'Show a project',
    params: Type.Object({
      project_id: withCli(project, {
        uuid: true,
        requiredByClient: false,
        fromConfig: { setting: 'project', shown: false, whenEmpty: true },
      }),
    }),
    output: Project,
    errors: ['not_found'],
    access: needs('account:project:read'),
    command: { words: 'account project get' },
  }),
  update: operation({
    id: 'projects.update',
    method: 'PATCH',
    path: '/account/v3/projects/{project_id}',
    summary: 'Rename or describe a project',
    params,
    body: Type.Object({
      name: Type.Optional(name),
      description: Type.Optional(Text('What the project is for', { maxLength: 200 })),
    }),
    output: Project,
    errors: ['not_found', 'precondition_failed'],
    access: needs('account:project:write'),
    audit: { resource: 'project', action: 'updated' },
    command: {
      words: 'account project update',
      examples: [
        {
          title: 'Rename it',
          line: 'scw account project update project-id=0c0ffee0-0000-4000-8000-000000000006 name=shop',
        },
      ],
    },
  }),
  delete: operation({
    id: 'projects.delete',
    method: 'DELETE',
    path: '/account/v3/projects/{project_id}',
    summary: 'Delete a project with its SSH keys',
    params,
    output: null,
    errors: ['not_found', 'precondition_failed'],
    access: needs('account:project:delete'),
    audit: { resource: 'project', action: 'deleted' },
    command: {
      words: 'account project delete',
      examples: [
        {
          title: 'Delete a project',
          line: 'scw account project delete project-id=0c0ffee0-0000-4000-8000-000000000006',
        },
      ],
    },
  }),
};
