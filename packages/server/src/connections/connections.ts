import { alreadyExists, notFound, preconditionFailed } from '@bailiwick/contract';
import type { Context, Handler } from '../context.ts';
import { isWellFormedToken, newToken } from '../tokens.ts';
import {
  deleteConnection,
  insertConnection,
  isSessionAlive,
  listConnections,
  replaceToken,
  takeToken,
} from './store.ts';

const tokenPrefix = 'bwcn';
/** How long a token works, in seconds: 10 minutes. */
const tokenLifetime = 600;

export const list: Handler<'connections.list'> = async ({ storage, scope }, { user_id: id }) => {
  const rows = await listConnections(storage.db, scope, id);
  return {
    connections: rows.map(({ organizationId, organizationName, userId, username, type }) => ({
      // No organization is ever locked here.
      organization: { id: organizationId, name: organizationName, locked: false },
      user: { id: userId, username, type },
    })),
  };
};

export const initiate: Handler<'connections.initiate'> = (context, { user_id: id }) => {
  const jti = sessionOf(context);
  return context.change(async (change) => {
    const token = newToken(tokenPrefix);
    await replaceToken(change, {
      token_hash: context.secrets.hash(token),
      user_id: id,
      jti,
      expires_at: change.now + tokenLifetime * 1_000_000,
    });
    change.touches(id);
    return { token };
  });
};

/** Of many that show a token, one is connected; one that is refused keeps it. */
export const join: Handler<'connections.join'> = (context, { user_id: id, token }) => {
  sessionOf(context);
  if (!isWellFormedToken(tokenPrefix, token)) throw noSuchToken();
  return context.change(async (change) => {
    const made = await takeToken(change, context.secrets.hashes(token));
    if (!made || made.expires_at <= change.now || !(await isSessionAlive(change, made))) throw noSuchToken();
    if (made.user_id === id) throw preconditionFailed('unknown_precondition', 'nobody is connected to itself');
    const self = { organization_id: change.scope.organizationId, user_id: id };
    if (!(await insertConnection(change, self, made)))
      throw alreadyExists('connection', made.user_id, 'these users are connected already');
    change.touches(id);
    return undefined;
  });
};

export const remove: Handler<'connections.remove'> = (context, { user_id: id, target_user_id: target }) =>
  context.change(async (change) => {
    if (!(await deleteConnection(change, id, target))) throw notFound('connection', target);
    change.touches(id);
    return undefined;
  });

/**
 * A person shows to be both users by two sessions that go on; an API key stands for no person.
 *
 * @throws ApiError `precondition_failed`
 */
function sessionOf({ caller }: Context): string {
  if (caller.session !== undefined) return caller.session;
  throw preconditionFailed('unknown_precondition', 'sign in: users are connected in a session, not with an API key');
}

const noSuchToken = () =>
  preconditionFailed('unknown_precondition', 'the token is unknown, was used, is too old, or its session has ended');
