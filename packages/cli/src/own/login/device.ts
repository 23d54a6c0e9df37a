import type { Api } from '../../client/api.ts';
import { bareError } from '../../command-error.ts';
import { type NewSession, post, sessionOf } from './session.ts';

/** What is shown to the person, and until when it is of use. */
export interface Waiting {
  readonly page: string;
  readonly pageWithCode: string;
  readonly userCode: string;
  /** The session, once somebody has approved it elsewhere. */
  approved(sleep: (milliseconds: number) => Promise<void>): Promise<NewSession>;
}

/** Begins a sign-in that is approved in a browser elsewhere (RFC 8628). */
export async function startDevice(api: Api): Promise<Waiting> {
  const started = await post(api, '/auth/v1/devices', {});
  const text = (name: string): string => {
    const value = started[name];
    if (typeof value !== 'string') throw bareError(`the answer to the sign-in holds no ${name}`);
    return value;
  };
  const deviceCode = text('device_code');
  const seconds = Math.max(1, Number(started.interval) || 5);
  return {
    page: text('verification_uri'),
    pageWithCode: text('verification_uri_complete'),
    userCode: text('user_code'),
    approved: async (sleep) => {
      for (;;) {
        const answer = await post(api, '/auth/v1/redeem-device', { device_code: deviceCode });
        if (answer.status !== 'pending') return sessionOf(answer);
        await sleep(seconds * 1000);
      }
    },
  };
}
