import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { TakenChange } from '../authorization/decisions.ts';
import { type Announcement, readAnnouncements, writeAnnouncements } from './announcements.ts';
import type { Hosts } from './hosts.ts';
import type { MovableStanding } from './standing.ts';
import { createTurns } from './turns.ts';

/** Where an organization stands in the database: its last change, by number and by the id of its audit entry. */
export interface Position {
  readonly organizationId: string;
  readonly revision: number;
  /** Null before the first change. */
  readonly entryId: string | null;
}

/** Whoever keeps organizations in memory and wants to know when they change. */
export interface Follower {
  /** Organizations in memory, where they stand. */
  positions(): readonly Position[];
  /** Another server has changed it, and tells how. */
  take(organizationId: string, change: TakenChange): Promise<void>;
  /** Somebody has changed it: memory is to come as far as this revision. */
  reached(organizationId: string, revision: number): Promise<void>;
  /** What is in memory is not what the database has had: it is gone, or was set back. */
  forget(organizationId: string): void;
}

/** A server that hears of changes on a database that others change too. */
export interface Following {
  /** Tells the other servers of a change that is committed. */
  announce(organizationId: string, change: TakenChange): void;
  /** True for one server of those on the database at most. */
  isLeader(): boolean;
  stop(): Promise<void>;
}

/** Others look at the positions themselves so often that a lost announcement is hardly noticed; in milliseconds. */
const lookEvery = 500;
/** A database that does not answer a look for so long, twice, is away; in milliseconds. */
const patience = 1_000;
const channel = 'bailiwick_changes';
/** Letters of `bailiwik`: a number of its own among advisory locks. */
const leaderLock = '7088498894371284331';

/**
 * An announcement need not outlive a crash: those who would hear it look for themselves. A leader whose network is cut has to
 * lose its lock within half a minute, or nobody would lead.
 */
const settings =
  'SET synchronous_commit = off; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3';

export interface FollowOptions {
  readonly hosts: Hosts;
  readonly follower: Follower;
  readonly standing: MovableStanding;
  /** Has to go well before the database counts as reached. */
  readonly beforeFirst: () => Promise<void>;
}

/**
 * Follows the changes that other servers make: they announce them (LISTEN and NOTIFY), and a look at the positions of all that
 * is in memory finds what was not heard. The look is also how a server knows that its database is there.
 */
export function followPostgres({ hosts, follower, standing, beforeFirst }: FollowOptions): Following {
  const now = () => performance.now();
  const stopping = new AbortController();
  let announcements: Announcement[] = [];
  const inTurn = createTurns();
  /** One question at a time is asked on a connection. */
  const onConnection = <T>(ask: () => Promise<T>): Promise<T> => inTurn('', ask);
  let client: pg.Client | undefined;
  /** The connection on which memory was compared with the database: only what comes after that fits to what is in memory. */
  let compared: pg.Client | undefined;
  let leads = false;
  let failures = 0;

  const drop = async () => {
    const dropped = client;
    client = undefined;
    leads = false;
    await dropped?.end().catch(() => {});
  };
  const open = async (): Promise<pg.Client> => {
    const connectionString = await hosts.find();
    const opened = new pg.Client({ connectionString, connectionTimeoutMillis: patience, query_timeout: patience });
    // Told by the next look.
    opened.on('error', () => {});
    opened.on('notification', ({ payload = '' }) => {
      // What fails here is found by the next look.
      if (opened === compared)
        for (const announcement of readAnnouncements(payload)) hear(announcement).catch(() => {});
    });
    try {
      await opened.connect();
      await opened.query(`${settings}; LISTEN ${channel}`);
      return opened;
    } catch (failure) {
      await opened.end().catch(() => {});
      throw failure;
    }
  };

  const hear = ({ organizationId, revision, change }: Announcement): Promise<void> =>
    change === null ? follower.reached(organizationId, revision) : follower.take(organizationId, change);

  const look = async (): Promise<void> => {
    await beforeFirst();
    client ??= await open();
    const began = now();
    const before = follower.positions();
    const asked = client;
    const found = await onConnection(() => positionsIn(asked, before));
    standing.reach();
    for (const position of before) await meet(position, found.get(position.organizationId), follower);
    standing.confirm(began);
    compared = asked;
    leads ||= await onConnection(() => takeLead(asked));
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await look();
        failures = 0;
      } catch (failure) {
        await drop();
        failures += 1;
        // One connection may break, and one look come late in a busy process: it is tried once more at once.
        if (failures === 1) continue;
        standing.lose(failure);
      }
      await pause(lookEvery, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const flush = () => {
    const messages = writeAnnouncements(announcements);
    announcements = [];
    for (const message of messages)
      onConnection(async () => client?.query('SELECT pg_notify($1, $2)', [channel, message])).catch(() => {});
  };

  const running = run();
  return {
    announce: (organizationId, change) => {
      if (announcements.length === 0) setImmediate(flush);
      announcements.push({ organizationId, revision: change.revision, change });
    },
    isLeader: () => leads,
    stop: async () => {
      stopping.abort();
      await running;
      await drop();
    },
  };
}

/** Where the organizations with these ids stand: what a look asks. */
export const positionsQuery = `SELECT o.id, o.revision, a.id AS entry FROM organizations o
  LEFT JOIN audit_entries a ON a.organization_id = o.id AND a.revision = o.revision
  WHERE o.id = ANY($1)`;

async function positionsIn(client: pg.Client, wanted: readonly Position[]): Promise<ReadonlyMap<string, Position>> {
  const ids = wanted.map(({ organizationId }) => organizationId);
  const { rows } = await client.query<{ id: string; revision: string; entry: string | null }>(positionsQuery, [ids]);
  return new Map(
    rows.map(({ id, revision, entry }) => [id, { organizationId: id, revision: Number(revision), entryId: entry }]),
  );
}

/** Compares where memory stood before the look with what the look found. */
async function meet(before: Position, found: Position | undefined, follower: Follower): Promise<void> {
  const { organizationId, revision, entryId } = before;
  // A standby that took over may lack the last changes: what memory has of them never was.
  const isAnother = found === undefined || found.revision < revision;
  if (isAnother || (found.revision === revision && found.entryId !== entryId)) follower.forget(organizationId);
  else if (found.revision > revision) await follower.reached(organizationId, found.revision);
}

async function takeLead(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${leaderLock}) AS taken`);
  return rows[0]?.taken === true;
}
