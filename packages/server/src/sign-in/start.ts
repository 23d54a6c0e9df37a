import { randomInt } from 'node:crypto';
import { formatTimestamp } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { queueMail } from '../mail/queue.ts';
import { changeOrTell } from '../storage/change.ts';
import { findAccount, mayUse, userOf } from './accounts.ts';
import { consumeAttempt, findAttempt, keepAttempt, newAttemptToken, stepLifetime } from './attempts.ts';
import { countTry, forgetOver, limitAddress } from './limits.ts';
import { unhurried } from './unhurried.ts';

/** Begins an attempt, for names that nobody has too. */
export const start: Handler<'signIn.start'> = (context, names) =>
  unhurried(async () => {
    await limitAddress(context);
    await forgetOver(context);
    const { organizationId, userId, methods, key } = await findAccount(context, names);
    const attempt = newAttemptToken();
    const expiresAt = await keepAttempt(context.storage.db, context, attempt, {
      organization_id: organizationId,
      user_id: userId,
      account: key,
      step: 'first',
      code_hash: null,
    });
    return { attempt, expires_at: formatTimestamp(expiresAt), methods: [...methods] };
  });

/** Sends a code to the user of the attempt, if there is one that may use it. The one before does not work any more. */
export const sendCode: Handler<'signIn.sendCode'> = (context, { attempt: token }) =>
  unhurried(async () => {
    await limitAddress(context);
    const attempt = await findAttempt(context, token, 'first', 'code');
    await countTry(context, 'mail', attempt.account);
    const next = newAttemptToken();
    const code = newCode();
    const known = await userOf(context.storage.db, {
      organizationId: attempt.organization_id,
      userId: attempt.user_id,
    });
    const sends = known !== null && known.user.locked === 0 && mayUse(known.user, known.organization, 'code');
    const expiresAt = await changeOrTell(context.storage, async (db) => {
      await consumeAttempt(db, attempt);
      if (sends) {
        const { user, scope } = known;
        const values = { code, username: user.username, minutes: String(stepLifetime / 60) };
        const mail = { kind: 'code', to: user.email, locale: user.locale, values } as const;
        await queueMail(context, { db, scope, now: context.clock.now() }, mail);
      }
      const { organization_id, user_id, account } = attempt;
      const code_hash = sends ? context.secrets.hash(codeText(next, code)) : null;
      return keepAttempt(db, context, next, { organization_id, user_id, account, step: 'code', code_hash });
    });
    return { attempt: next, expires_at: formatTimestamp(expiresAt) };
  });

/** Six digits: few enough to type, and little use without the token. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** A code counts only together with the token of its attempt. */
export const codeText = (token: string, code: string): string => `code ${token} ${code}`;
