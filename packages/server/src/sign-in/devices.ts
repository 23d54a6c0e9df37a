import { randomInt } from 'node:crypto';
import { formatTimestamp, notFound } from '@bailiwick/contract';
import type { Context, Handler } from '../context.ts';
import type { Storage } from '../storage/storage.ts';
import { newToken } from '../tokens.ts';
import { approvalOf, findGrant, type Grant, grantKinds, keepGrant, redeem } from './grants.ts';
import { countTry, forgetOver, limitAddress } from './limits.ts';

/** Consonants alone: easy to read off, and no words come of them (RFC 8628, section 6.1). */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const codeLength = 8;
/** How often a device may ask, in seconds. */
const interval = 5;

export const startDevice: Handler<'signInGrants.startDevice'> = async (context) => {
  await limitAddress(context);
  await forgetOver(context);
  const deviceCode = newToken(grantKinds.device.prefix);
  const userCode = newUserCode();
  const expiresAt = await keepGrant(context.storage.db, context, deviceCode, {
    kind: 'device',
    user_code_hash: context.secrets.hash(textOf(userCode)),
    code_challenge: null,
    organization_id: null,
    user_id: null,
    signed_in_at: null,
  });
  const page = `${context.settings.publicUrl()}/auth/device`;
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_at: formatTimestamp(expiresAt),
    interval,
  };
};

export const getDevice: Handler<'signInGrants.getDevice'> = async (context, { user_code: typed }) => {
  await countTry(context, 'device', context.caller.actor.id);
  const grant = await findDevice(context, context.storage.db, typed);
  return {
    user_code: spelled(typed),
    ip: grant.ip,
    user_agent: grant.user_agent,
    created_at: formatTimestamp(grant.created_at),
    expires_at: formatTimestamp(grant.expires_at),
  };
};

export const approveDevice: Handler<'signInGrants.approveDevice'> = async (context, { user_code: typed }) => {
  await countTry(context, 'device', context.caller.actor.id);
  return context.change(async (change) => {
    const { token_hash } = await findDevice(context, change.db, typed);
    const approval = await approvalOf(context, change);
    const { numUpdatedRows } = await change.db
      .updateTable('sign_in_grants')
      .set(approval)
      .where('token_hash', '=', token_hash)
      .where('user_id', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw notFound('device', spelled(typed));
    change.touches(approval.user_id);
    return undefined;
  });
};

export const refuseDevice: Handler<'signInGrants.refuseDevice'> = async (context, { user_code: typed }) => {
  await countTry(context, 'device', context.caller.actor.id);
  return context.change(async (change) => {
    const { token_hash } = await findDevice(context, change.db, typed);
    await change.db.deleteFrom('sign_in_grants').where('token_hash', '=', token_hash).execute();
    change.touches(context.caller.actor.id);
    return undefined;
  });
};

export const redeemDevice: Handler<'signInGrants.redeemDevice'> = async (context, { device_code: token }) => {
  await limitAddress(context);
  const grant = await findGrant(context, 'device', token);
  if (grant.user_id === null) return { status: 'pending' };
  return { status: 'signed_in', ...(await redeem(context, 'signInGrants.redeemDevice', grant)) };
};

function newUserCode(): string {
  const code = Array.from({ length: codeLength }, () => letters[randomInt(letters.length)]).join('');
  return spelled(code);
}

/** People leave the hyphen out, or type small letters: `bcdf ghjk` → `BCDF-GHJK`. */
function spelled(typed: string): string {
  const plain = typed.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return `${plain.slice(0, codeLength / 2)}-${plain.slice(codeLength / 2)}`;
}

/** What is hashed of a code. */
const textOf = (typed: string): string => `user code ${spelled(typed)}`;

/** @throws ApiError `not_found` also for one that was approved or is over */
async function findDevice(context: Context, db: Storage['db'], typed: string): Promise<Grant> {
  const grant = await db
    .selectFrom('sign_in_grants')
    .selectAll()
    .where('user_code_hash', 'in', context.secrets.hashes(textOf(typed)))
    .where('user_id', 'is', null)
    .where('expires_at', '>', context.clock.now())
    .executeTakeFirst();
  if (!grant) throw notFound('device', spelled(typed));
  return grant;
}
