import { expect } from 'vitest';
import { createMember } from './bearers.ts';
import { lastMail } from './mail.ts';
import type { Refusal } from './refusals.ts';
import { unauthenticated } from './refusals.ts';
import type { Answer, Json, TestServer } from './server.ts';

export const password = 'correct horse battery';

/** The example of RFC 7636, appendix B. */
export const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const codeRequest = {
  redirect_uri: 'http://127.0.0.1:4711/callback',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};

/** What everybody is told whose proof is wrong, whatever is wrong with it. */
export const refused: Refusal = unauthenticated('unknown_method', 'unknown_reason');
export const unknownAttempt: Refusal = unauthenticated('unknown_method', 'not_found');

/** Calls of the sign-in API, as somebody unknown. */
export function signInOn(server: TestServer) {
  const call = (step: string, body: Json): Promise<Answer> =>
    server.call('POST', `/auth/v1/${step}`, { key: null, body });
  const done = async (step: string, body: Json): Promise<Json> => {
    const answer = await call(step, body);
    expect([200, 204], answer.text).toContain(answer.status);
    return answer.body;
  };
  const organization = () => server.organization.organizationId;
  return {
    call,
    done,
    /** All calls of a test come from one address, within one moment. */
    forgetTries: () => server.services.storage.db.deleteFrom('sign_in_limits').execute(),
    begin: async (username: string, of: string = organization()): Promise<string> =>
      (await done('start', { organization: of, username })).attempt,
    /** A step with the right password, by a user that has it. */
    async signIn(username: string, shown: string = password): Promise<Json> {
      const { attempt } = await done('start', { organization: organization(), username });
      return done('password', { attempt, password: shown });
    },
    /** The attempt that waits for a code, and the code. */
    async sendCode(attempt: string): Promise<{ readonly attempt: string; readonly code: string }> {
      const sent = await done('send-code', { attempt });
      const { kind, values } = await lastMail(server);
      expect(kind).toBe('code');
      return { attempt: sent.attempt, code: values.code ?? '' };
    },
    member: (more: Json = {}) => createMember(server, { password, ...more }),
    userRow: (id: string) =>
      server.services.storage.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  };
}
