/** What is stored of a change, and so what is hashed: times are microseconds since 1970. */
export interface LogEntry {
  readonly organization_id: string;
  /** Its number in the organization, from 1: the index of its leaf is one less. */
  readonly revision: number;
  readonly id: string;
  readonly created_at: number;
  readonly operation: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly bearer_type: string;
  readonly bearer_id: string;
  readonly ip: string;
  readonly user_agent: string;
  readonly request_id: string;
  readonly reason: string;
}

/** Most entries in one answer of `logTree.listEntries` (docs/log-tree.md). */
export const maximumEntries = 1000;

/**
 * The members of an entry, all of which are always there. One that is added later is left out where it holds what older
 * entries hold, so that their text stays what it was (docs/log-tree.md).
 */
export const entryMembers = [
  'organization_id',
  'revision',
  'id',
  'created_at',
  'operation',
  'action',
  'resource_type',
  'resource_id',
  'bearer_type',
  'bearer_id',
  'ip',
  'user_agent',
  'request_id',
  'reason',
] as const satisfies readonly (keyof LogEntry)[];

const ordered = entryMembers.toSorted();

/** The one text of an entry: JSON in canonical form (RFC 8785), whatever else the object holds. */
export function entryText(entry: LogEntry): string {
  return JSON.stringify(entry, ordered);
}

/**
 * JSON in canonical form (RFC 8785) of an object without objects in it: what ECMAScript writes, with the names in order.
 */
export function canonicalJson(flat: Readonly<Record<string, string | number | boolean | null>>): string {
  return JSON.stringify(flat, Object.keys(flat).sort());
}
