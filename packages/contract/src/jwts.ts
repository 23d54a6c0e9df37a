import { Type } from 'typebox';
import { Flag, Id, Text, Time } from './fields.ts';
import { operation, selfOnly } from './operation.ts';
import { OrderBy, Page, paging } from './pagination.ts';

export const Jwt = Type.Object(
  {
    jti: Id('Session token'),
    issuer_id: Id('Who had it issued'),
    audience_id: Id('User it is for'),
    created_at: Time('When it was issued'),
    updated_at: Time('When it was last renewed'),
    expires_at: Time('When it stops working'),
    ip: Text('Address it was issued to'),
    user_agent: Text('Client it was issued to'),
  },
  { title: 'JWT' },
);

/** A session that has begun, or was renewed: both tokens are shown this once. */
const session = {
  jwt: Jwt,
  token: Text('Session token, for X-Session-Token'),
  renew_token: Text('Renews the session, once'),
};
export const NewSession = Type.Object(session);
/** The same members in an answer that may also say that there is no session yet. */
export const perhapsSession = {
  jwt: Type.Optional(session.jwt),
  token: Type.Optional(session.token),
  renew_token: Type.Optional(session.renew_token),
};

const params = Type.Object({ jti: Id('Session token') });

export const jwts = {
  list: operation({
    id: 'jwts.list',
    method: 'GET',
    path: '/iam/v1alpha1/jwts',
    summary: 'List your own session tokens',
    query: Type.Object({
      order_by: OrderBy(['created_at', 'updated_at'], 'created_at_asc'),
      audience_id: Id('User: only yourself'),
      ...paging(),
      expired: Type.Optional(Flag('Only expired, or only living ones')),
    }),
    output: Page('jwts', Jwt),
    errors: [],
    access: selfOnly('iam:self_jwt:list', 'audience_id'),
    command: {
      words: 'iam jwt list',
      examples: [{ title: 'Your own sessions', line: 'scw iam jwt list 0c0ffee0-0000-4000-8000-000000000004' }],
      positional: 'audience_id',
    },
  }),
  create: operation({
    id: 'jwts.create',
    method: 'POST',
    path: '/iam/v1alpha1/jwts',
    summary: 'Issue a session token for yourself',
    body: Type.Object({
      user_id: Id('User: only yourself'),
      referrer: Type.Optional(Text('Page it is for', { maxLength: 2048 })),
    }),
    output: NewSession,
    errors: [],
    access: selfOnly('iam:self_jwt:create', 'user_id'),
    audit: { resource: 'jwt', action: 'created' },
  }),
  get: operation({
    id: 'jwts.get',
    method: 'GET',
    path: '/iam/v1alpha1/jwts/{jti}',
    summary: 'Show one of your own session tokens',
    params,
    output: Jwt,
    errors: ['not_found'],
    access: selfOnly('iam:self_jwt:read', 'caller'),
    command: { words: 'iam jwt get', positional: 'jti' },
  }),
  delete: operation({
    id: 'jwts.delete',
    method: 'DELETE',
    path: '/iam/v1alpha1/jwts/{jti}',
    summary: 'End one of your own sessions',
    params,
    output: null,
    errors: ['not_found'],
    access: selfOnly('iam:self_jwt:delete', 'caller'),
    audit: { resource: 'jwt', action: 'deleted' },
    command: {
      words: 'iam jwt delete',
      examples: [{ title: 'End a session at once', line: 'scw iam jwt delete 0c0ffee0-0000-4000-8000-000000000005' }],
      positional: 'jti',
    },
  }),
};
