import { randomBytes } from 'node:crypto';
import { factsOf } from '@bailiwick/authz';
import { ApiError, formatTimestamp } from '@bailiwick/contract';
import { assertNoEscalation } from '../authorization/escalation.ts';
import type { Handler } from '../context.ts';
import { getScim } from './store.ts';
import {
  countScimTokens,
  deleteScimToken,
  getScimToken,
  insertScimToken,
  listScimTokens,
  type ScimTokenRow,
} from './token-store.ts';

/** Tokens that have not ended: one in use, and the one that takes its place. */
const maximumTokens = 2;
/** Random bytes of a token: 72 characters (docs/wire.md). */
const secretBytes = 54;

export const list: Handler<'scimTokens.list'> = async ({ storage, scope }, { scim_id: scimId, ...page }) => {
  await getScim(storage.db, scope, scimId);
  const { rows, total } = await listScimTokens(storage, scope, scimId, page);
  return { scim_tokens: rows.map(toScimToken), total_count: total };
};

export const create: Handler<'scimTokens.create'> = (context, { scim_id: scimId }) => {
  const expiresAt = aYearAfter(context.clock.now());
  return context.change(async (change) => {
    await getScim(change.db, change.scope, scimId);
    const current = await countScimTokens(change, scimId);
    if (current >= maximumTokens) {
      const { organizationId } = change.scope;
      const exceeded = { current, organization_id: organizationId, quota: maximumTokens, resource: 'scim_token' };
      throw new ApiError({ type: 'quotas_exceeded', details: [exceeded] });
    }
    // A directory puts anybody into any group, and decides by whose address somebody signs in.
    await assertNoEscalation(context, change, (organization) =>
      factsOf(organization).policies.flatMap(({ principalId, rules }) => (principalId === null ? [] : rules)),
    );
    const id = context.ids.uuid();
    const bearerToken = `${Buffer.from(id).toString('base64')}.${randomBytes(secretBytes).toString('base64url')}`;
    await insertScimToken(change, {
      id,
      scim_id: scimId,
      secret_hash: context.secrets.hash(bearerToken),
      expires_at: expiresAt,
    });
    change.touches(id);
    return { token: toScimToken(await getScimToken(change.db, change.scope, id)), bearer_token: bearerToken };
  });
};

export const remove: Handler<'scimTokens.delete'> = (context, { token_id: id }) =>
  context.change(async (change) => {
    await getScimToken(change.db, change.scope, id);
    await deleteScimToken(change, id);
    change.touches(id);
    return undefined;
  });

/** The same moment of the next year. @param micros microseconds since 1970, as is the result */
function aYearAfter(micros: number): number {
  const millis = Math.floor(micros / 1000);
  const end = new Date(millis);
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  return micros + (end.getTime() - millis) * 1000;
}

const toScimToken = ({ id, scim_id, created_at, expires_at }: ScimTokenRow) => ({
  id,
  scim_id,
  created_at: formatTimestamp(created_at),
  expires_at: formatTimestamp(expires_at),
});
