import { alreadyExists, invalidArgument, notFound } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { getOrganization } from '../organizations/store.ts';
import { getUser } from '../users/store.ts';
import { newOneTimeSecret, oneTimePasswordUri, qrCode, stepOf } from './one-time-passwords.ts';
import { assertMayWeaken } from './owner.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { showSecondFactors } from './second-factors.ts';
import {
  deleteOneTimePassword,
  findOneTimePassword,
  putInForce,
  replaceOneTimePassword,
  replaceRecoveryCodes,
  takeStep,
} from './store.ts';

/** The secret counts for nothing until a first password shows that an app has it; till then it may be replaced. */
export const create: Handler<'mfaOtp.create'> = (context, { user_id: id }) =>
  context.change(async (change) => {
    const before = await findOneTimePassword(change.db, change.scope, id);
    if (before !== undefined && before.validated_at !== null)
      throw alreadyExists('mfa_otp', id, 'one-time passwords are in force: delete them first');
    const secret = newOneTimeSecret();
    await replaceOneTimePassword(change, id, context.secrets.seal(secret));
    change.touches(id);
    return { secret };
  });

/** The secret was shown by `create`; in force, it is not shown again. */
export const getAddress: Handler<'mfaOtp.getAddress'> = async ({ storage, scope, secrets }, { user_id: id }) => {
  const row = await findOneTimePassword(storage.db, scope, id);
  if (!row || row.validated_at !== null) throw notFound('mfa_otp', id);
  const { username } = await getUser(storage.db, scope, id);
  const { name: issuer } = await getOrganization(storage.db, scope);
  const uri = oneTimePasswordUri({ secret: secrets.open(row.sealed_secret), issuer, username });
  return { otpauth_uri: uri, qr_code: qrCode(uri) };
};

/** Once in force, another password brings new recovery codes. */
export const validate: Handler<'mfaOtp.validate'> = (context, { user_id: id, one_time_password: password }) =>
  context.change(async (change) => {
    const row = await findOneTimePassword(change.db, change.scope, id);
    if (!row) throw notFound('mfa_otp', id);
    const step = stepOf(context.secrets.open(row.sealed_secret), password, change.now);
    if (step === null || !(await takeStep(change, id, step)))
      throw invalidArgument('one_time_password', 'constraint', 'the password is wrong, too old, or was used already');
    const codes = newRecoveryCodes();
    const hashes = codes.map((code) => recoveryCodeHash(context.secrets, id, code));
    await replaceRecoveryCodes(change, id, hashes);
    await putInForce(change, id);
    await showSecondFactors(change, id);
    change.touches(id);
    return { recovery_codes: [...codes] };
  });

/** Also by those who manage users, for whom has lost the phone. */
export const remove: Handler<'mfaOtp.delete'> = (context, { user_id: id }) =>
  context.change(async (change) => {
    assertMayWeaken(context, await getUser(change.db, change.scope, id));
    if (!(await deleteOneTimePassword(change, id))) throw notFound('mfa_otp', id);
    await showSecondFactors(change, id);
    change.touches(id);
    return undefined;
  });
