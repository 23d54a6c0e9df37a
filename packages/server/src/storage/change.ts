import { ApiError, type AuditEvent } from '@bailiwick/contract';
import type { Transaction } from 'kysely';
import type { Authorized } from '../authorization/authorized.ts';
import type { Decisions, TakenChange } from '../authorization/decisions.ts';
import { readFact } from '../authorization/store.ts';
import type { Clock, Ids } from '../clock.ts';
import type { Change } from '../context.ts';
import type { NewEntry } from '../log-tree/store.ts';
import type { LogTree } from '../log-tree/tree.ts';
import { isDatabaseAway } from './away.ts';
import type { Database } from './schema.ts';
import type { Storage } from './storage.ts';
import { createTurns } from './turns.ts';

/** Who makes a change; the platform itself has no id, address or client. */
export interface Author {
  readonly kind: 'user' | 'application' | 'platform';
  readonly id: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
}

export interface ChangeRequest {
  readonly scope: Authorized;
  readonly author: Author;
  /** Operation id, kept in the audit entry. */
  readonly operation: string;
  readonly event: AuditEvent;
  /** Why something did not succeed, for the audit entry. */
  readonly reason?: string;
  /**
   * Checks that the author may still do this, in the transaction and once nothing else can change the organization.
   * Gets the revision before this change.
   */
  readonly confirm?: (db: Transaction<Database>, revision: number) => Promise<void>;
}

/** The result of a change and what it leaves in memory. */
export interface Changed<T> {
  readonly result: T;
  readonly change: TakenChange;
}

/**
 * Makes a change: the next revision, the work and its audit entry in one transaction, or none of it.
 *
 * The first statement increments the organization's revision, which locks its row: changes of one organization happen
 * one after another on both databases, so that quotas, uniqueness and read-modify-write hold without retries.
 */
export async function makeChange<T>(
  services: {
    readonly storage: Storage;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly decisions: Decisions;
    readonly logTree: LogTree;
  },
  request: ChangeRequest,
  work: (change: Change) => Promise<T>,
): Promise<Changed<T>> {
  const { organizationId } = request.scope;
  const made = await turns(organizationId, () =>
    changeOrTell(services.storage, (db) => changeWithin(db, services, request, work)),
  );
  services.storage.announce(organizationId, made.change);
  // Before the change is acknowledged, so that no later question is answered from before it.
  await services.decisions.take(organizationId, made.change);
  return made;
}

/**
 * Runs a transaction that somebody waits for.
 *
 * @throws ApiError `unavailable` that says so where all was done but the database did not say whether it is committed
 */
export async function changeOrTell<T>(
  storage: Pick<Storage, 'transaction'>,
  work: (db: Transaction<Database>) => Promise<T>,
): Promise<T> {
  let isDone = false;
  try {
    return await storage.transaction(async (db) => {
      const done = await work(db);
      isDone = true;
      return done;
    });
  } catch (failure) {
    throw isDone && isDatabaseAway(failure) ? mayBeMade(failure) : failure;
  }
}

/** The database was told to commit, and did not say whether it has. */
const mayBeMade = (cause: unknown): ApiError =>
  new ApiError(
    {
      type: 'unavailable',
      help_message: 'the database broke off; the change may have been made, look before you repeat it',
    },
    { cause },
  );

/**
 * Changes that wait for the row of their organization wait here already, without a connection: all connections could
 * be taken by waiting changes otherwise, and reads would have none.
 */
const turns = createTurns();

/** The same inside a transaction that makes several changes. */
export async function changeWithin<T>(
  db: Transaction<Database>,
  { clock, ids, logTree }: { readonly clock: Clock; readonly ids: Ids; readonly logTree: LogTree },
  request: ChangeRequest,
  work: (change: Change) => Promise<T>,
): Promise<Changed<T>> {
  const revision = await nextRevision(db, request.scope.organizationId);
  await request.confirm?.(db, revision - 1);
  const now = clock.now();
  const touched: string[] = [];
  let { operation } = request;
  const touches = (resourceId: string, as = operation) => {
    touched.push(resourceId);
    operation = as;
  };
  const result = await work({ db, scope: request.scope, now, revision, touches });
  const [resourceId] = touched;
  if (resourceId === undefined || touched.length > 1)
    throw new Error(`${request.operation} must name one changed resource`);
  const entryId = ids.uuid();
  await logTree.record(db, auditEntry({ ...request, operation }, { revision, now, id: entryId, resourceId }));
  const { resource } = request.event;
  const fact = await readFact(db, request.scope, resource, resourceId);
  return { result, change: { revision, entryId, resource, resourceId, fact } };
}

async function nextRevision(db: Transaction<Database>, organizationId: string): Promise<number> {
  const { revision } = await db
    .updateTable('organizations')
    .set((table) => ({ revision: table('revision', '+', 1) }))
    .where('id', '=', organizationId)
    .returning('revision')
    .executeTakeFirstOrThrow();
  return revision;
}

function auditEntry(
  { scope, author, operation, event, reason = '' }: ChangeRequest,
  made: { readonly revision: number; readonly now: number; readonly id: string; readonly resourceId: string },
): NewEntry {
  return {
    organization_id: scope.organizationId,
    revision: made.revision,
    id: made.id,
    created_at: made.now,
    operation,
    action: event.action,
    resource_type: event.resource,
    resource_id: made.resourceId,
    bearer_type: author.kind,
    bearer_id: author.id,
    ip: author.ip,
    user_agent: author.userAgent,
    request_id: author.requestId,
    reason,
  };
}
