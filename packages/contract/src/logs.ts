import { Type } from 'typebox';
import { Choice, EnumFilter, Id, OrganizationFilter, Text, Time } from './fields.ts';
import { needs, operation } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

const actions = ['unknown_action', 'created', 'updated', 'deleted'] as const;
const resourceTypes = ['unknown_resource_type', 'api_key', 'user', 'application', 'group', 'policy'] as const;

export const Log = Type.Object(
  {
    id: Id('Log entry'),
    created_at: Time('When it happened'),
    ip: Text('Address of the caller; empty for the platform'),
    user_agent: Text('Client of the caller'),
    action: Choice(actions, 'What was done'),
    bearer_id: Text('User or application that did it; empty for the platform'),
    organization_id: Id('Organization'),
    resource_type: Choice(resourceTypes, 'Kind of the changed thing'),
    resource_id: Text('Changed thing'),
  },
  { title: 'Log' },
);

export const logs = {
  list: operation({
    id: 'logs.list',
    method: 'GET',
    path: '/iam/v1alpha1/logs',
    summary: 'List what was changed, by whom and when',
    query: Type.Object({
      order_by: OrderBy(['created_at'], 'created_at_asc'),
      ...paging(),
      created_after: Type.Optional(Time('Only later than this')),
      created_before: Type.Optional(Time('Only earlier than this')),
      action: EnumFilter(actions, 'Only this action'),
      resource_type: EnumFilter(resourceTypes, 'Only this kind of thing'),
      search: Type.Optional(Text('Only with this bearer or this thing', { maxLength: 255 })),
      organization_id: OrganizationFilter({ uuid: true, whenEmpty: true, shown: false }),
    }),
    output: Page('logs', Log),
    errors: ['not_found'],
    access: needs('iam:log:list'),
    command: {
      words: 'iam log list',
      examples: [
        { title: 'What was deleted in the last week', line: 'scw iam log list created-after=-7d action=deleted' },
      ],
    },
  }),
  get: operation({
    id: 'logs.get',
    method: 'GET',
    path: '/iam/v1alpha1/logs/{log_id}',
    summary: 'Show one log entry',
    params: Type.Object({ log_id: Id('Log entry') }),
    output: Log,
    errors: ['not_found'],
    access: needs('iam:log:read'),
    command: { words: 'iam log get', positional: 'log_id' },
  }),
};
