import { Type } from 'typebox';
import { Choice, Flag, Id, Text } from './fields.ts';
import { operation, selfOnly } from './operation.ts';

export const Connection = Type.Object(
  {
    organization: Type.Object(
      { id: Id('Organization'), name: Text('Name'), locked: Flag('True while nobody may use it') },
      { title: 'ConnectionOrganization', description: 'Where the other user is' },
    ),
    user: Type.Object(
      {
        id: Id('User'),
        username: Text('Name at sign-in'),
        type: Choice(['unknown_type', 'owner', 'member'], 'Owner or member'),
      },
      { title: 'ConnectionUser', description: 'The other user' },
    ),
  },
  { title: 'Connection' },
);

const params = Type.Object({ user_id: Id('User') });

/** Users of one person, in several organizations or in one (docs/decisions/0017-second-factors.md). */
export const connections = {
  list: operation({
    id: 'connections.list',
    method: 'GET',
    path: '/iam/v1alpha1/users/{user_id}/connections',
    summary: 'List the users that you are connected to',
    params,
    output: Type.Object({ connections: Type.Array(Connection) }),
    errors: [],
    access: selfOnly('iam:self_connection:list', 'user_id'),
  }),
  initiate: operation({
    id: 'connections.initiate',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/initiate-connection',
    summary: 'Make a token with which another user of yours joins, once and within ten minutes',
    params,
    body: Type.Object({}),
    output: Type.Object({ token: Text('Token to join with') }),
    errors: ['precondition_failed'],
    access: selfOnly('iam:self_connection:create', 'user_id'),
    audit: { resource: 'connection', action: 'created' },
  }),
  join: operation({
    id: 'connections.join',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/join-connection',
    summary: 'Connect yourself with the user who made the token',
    params,
    body: Type.Object({ token: Text('Token of the other user', { minLength: 1, maxLength: 256 }) }),
    output: null,
    errors: ['already_exists', 'precondition_failed'],
    access: selfOnly('iam:self_connection:create', 'user_id'),
    audit: { resource: 'connection', action: 'created' },
  }),
  remove: operation({
    id: 'connections.remove',
    method: 'POST',
    path: '/iam/v1alpha1/users/{user_id}/remove-connection',
    summary: 'End the connection with another user',
    params,
    body: Type.Object({ target_user_id: Id('The other user') }),
    output: null,
    errors: ['not_found'],
    access: selfOnly('iam:self_connection:delete', 'user_id'),
    audit: { resource: 'connection', action: 'deleted' },
  }),
};
