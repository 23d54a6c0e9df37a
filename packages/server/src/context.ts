import type { Organization } from '@bailiwick/authz';
import type { Input, OperationById, OperationId, Output } from '@bailiwick/contract';
import type { Transaction } from 'kysely';
import type { LastUse } from './api-keys/last-use.ts';
import type { Rehash } from './api-keys/rehash.ts';
import type { Authorized } from './authorization/authorized.ts';
import type { Decisions } from './authorization/decisions.ts';
import type { AuthzenMappings } from './authzen/mapped.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Clock, Ids } from './clock.ts';
import type { FairQueue } from './fairness/fair-queue.ts';
import type { Routes } from './gateway-auth/routes.ts';
import type { CredentialCache } from './http/credential-cache.ts';
import type { LimitFile, Limits } from './limits/limits.ts';
import type { LogTree } from './log-tree/tree.ts';
import type { Secrets } from './secrets.ts';
import type { Database } from './storage/schema.ts';
import type { Storage } from './storage/storage.ts';
import type { Tracing } from './telemetry/tracing.ts';

/** What every operation may use, made once when the server starts. */
export interface Services {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly secrets: Secrets;
  readonly catalogue: Catalogue;
  /** What decisions depend on, in memory. */
  readonly decisions: Decisions;
  /** API keys that were used lately. */
  readonly credentials: CredentialCache;
  /** What makes the log one that cannot be bent. */
  readonly logTree: LogTree;
  /** When API keys are used. */
  readonly lastUse: LastUse;
  readonly rehash: Rehash;
  /** How much this server takes on, of whom. */
  readonly limits: Limits;
  /** Where requests wait for the turn of their organization. */
  readonly fairQueue: FairQueue;
  readonly settings: Settings;
  /** Tells of the parts of requests. */
  readonly tracing: Pick<Tracing, 'part'>;
}

export interface Settings {
  /** Address under which people and clients reach the server, without a final slash. */
  readonly publicUrl: () => string;
  /** Fewest characters of a password, from `--password-minimum`. */
  readonly passwordMinimum: number;
  /** How much a server takes on, from `--limits`. */
  readonly limits: () => LimitFile;
  /** Quotas for every organization and for single ones, from `--quotas`. */
  readonly quotas: QuotaFile;
  /** How the words of AuthZEN callers are read, from `--authzen`. */
  readonly authzen: () => AuthzenMappings;
  /** What paths behind a gateway need, from `--gateway`. */
  readonly gateway: () => Routes;
}

export interface QuotaFile {
  readonly default: Readonly<Record<string, QuotaValue>>;
  readonly organizations: Readonly<Record<string, Readonly<Record<string, QuotaValue>>>>;
}

/** Null for no limit. */
export type QuotaValue = number | null;

/** Who makes a request, and from where. */
export interface Caller {
  readonly actor: Actor;
  /** The session it is made in; none with an API key. */
  readonly session?: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/** Who has authenticated; `platform` for a directory, which is known by the id of its SCIM token. */
export interface Actor {
  readonly kind: 'user' | 'application' | 'platform';
  readonly id: string;
  readonly organizationId: string;
  readonly owner: boolean;
  readonly locked: boolean;
}

/** What an operation gets: the services, the caller, and the proof that the caller may do it. */
export interface Context extends Services {
  readonly caller: Caller;
  readonly scope: Authorized;
  /** What decisions about the caller's organization depend on, at least as new as the credential. */
  readonly organization: Organization;
  /** Runs a change in one transaction with its audit entry and the next revision. */
  change<T>(work: (change: RequestedChange) => Promise<T>): Promise<T>;
}

/** A change under way: the transaction, its time, and where it says what it touched. */
export interface Change {
  readonly db: Transaction<Database>;
  readonly scope: Authorized;
  /** The time of the change, the same for all it writes. */
  readonly now: number;
  /** The revision that it makes. */
  readonly revision: number;
  /**
   * Names the thing that was changed, for the audit entry.
   *
   * @param as the operation that it amounts to, where that is another than the one asked for
   */
  touches(resourceId: string, as?: OperationId): void;
}

/** A change that somebody has asked for. */
export interface RequestedChange extends Change {
  /** The organization as the change found it: nothing of the change is in it. */
  readonly before: Organization;
}

/** An operation: input of the contract in, output of the contract out; no HTTP, no SQL. */
export type Handler<I extends OperationId> = (
  context: Context,
  input: Input<OperationById<I>>,
) => Promise<Output<OperationById<I>>>;

/** One handler for every operation: a missing one does not compile. */
export type Handlers = { readonly [I in OperationId]: Handler<I> };
