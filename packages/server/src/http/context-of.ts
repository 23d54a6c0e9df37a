import type { Organization } from '@bailiwick/authz';
import type { Operation } from '@bailiwick/contract';
import type { Transaction } from 'kysely';
import { plainAddress } from '../addresses.ts';
import { authorize } from '../authorization/authorize.ts';
import { type Authorized, authorizedPlatform } from '../authorization/authorized.ts';
import type { Caller, Context, Services } from '../context.ts';
import { type ChangeRequest, makeChange } from '../storage/change.ts';
import type { Database } from '../storage/schema.ts';
import { type Authentication, authenticate, type Credentials, denied } from './authenticate.ts';
import { noCredentialCache } from './credential-cache.ts';

/** What of a request counts beyond its input, whichever way it arrived. */
export interface Arrival {
  readonly credentials: Credentials;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** Adds a header to the answer. */
  respondWith(name: string, value: string | number): void;
}

/**
 * What an operation gets: who calls, the proof that it may, and the way to change things.
 *
 * @throws ApiError when the caller may not
 */
export async function contextOf(
  services: Services,
  operation: Operation,
  arrival: Arrival,
  authentication: Authentication | undefined,
  input: Readonly<Record<string, unknown>>,
): Promise<Context> {
  const origin = {
    ip: plainAddress(arrival.ip),
    userAgent: arrival.userAgent.slice(0, 255),
    requestId: arrival.requestId,
  };
  if (!authentication) return publicContext(services, operation, origin);
  const { actor, session } = authentication;
  const caller: Caller = { actor, ...(session !== undefined && { session }), ...origin };
  const { organizationId } = actor;
  const organization = await services.decisions.at(organizationId, authentication.revision);
  // Gone since the credential was looked up.
  if (!organization) throw denied(session === undefined ? 'api_key' : 'jwt', 'not_found');
  const scope = await authorize(services, caller, operation, input, organization);
  const confirm = async (db: Transaction<Database>, revision: number): Promise<Organization> => {
    const current = await services.decisions.before(organizationId, revision, db);
    if (!current) throw new Error('the organization of a change is gone');
    // What it is authorized by may be newer than the credential, but not older.
    if (revision === authentication.revision) return current;
    // Something has changed in between: whoever lost the key or the right a moment ago may not make this change.
    const storage = { ...services.storage, db };
    const within: Services = { ...services, storage, credentials: noCredentialCache };
    await authenticate(within, arrival.credentials);
    await authorize(within, caller, operation, input, current);
    return current;
  };
  return {
    ...services,
    caller,
    scope,
    organization,
    change: async (work) => {
      if (!operation.audit) throw new Error(`${operation.id} has no audit event and may not change anything`);
      const author = {
        kind: actor.kind,
        id: actor.id,
        ip: caller.ip,
        userAgent: caller.userAgent,
        requestId: caller.requestId,
      };
      let before = organization;
      const changing: ChangeRequest = {
        scope,
        author,
        operation: operation.id,
        event: operation.audit,
        confirm: async (db, revision) => {
          before = await confirm(db, revision);
        },
      };
      const made = await makeChange(services, changing, (change) => work({ ...change, before }));
      arrival.respondWith('x-bailiwick-revision', made.change.revision);
      return made.result;
    },
  };
}

/** Nobody calls a public operation, and it belongs to no organization. */
function publicContext(
  services: Services,
  operation: Operation,
  origin: Pick<Caller, 'ip' | 'userAgent' | 'requestId'>,
): Context {
  const nobody = { kind: 'application', id: '', organizationId: '', owner: false, locked: true } as const;
  const scope: Authorized = authorizedPlatform('');
  return {
    ...services,
    caller: { actor: nobody, ...origin },
    scope,
    get organization(): never {
      throw new Error(`${operation.id} is public and knows no organization`);
    },
    change: async () => {
      throw new Error(`${operation.id} is public and may not change anything`);
    },
  };
}
