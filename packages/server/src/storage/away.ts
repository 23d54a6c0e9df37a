import { DatabaseAway } from './storage.ts';

/** Codes of Node for a connection that is not to be had. */
const ofConnections = /^(ECONN(REFUSED|RESET|ABORTED)|E(TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN)|E(HOST|NET)(UNREACH|DOWN))$/;
/**
 * SQLSTATE: connection exception (08), insufficient resources (53), a server that stops or starts (57P), one that fails to read
 * or write (58), and one that only reads, because another has taken its place (25006).
 */
const ofPostgres = /^(08...|53...|57P..|58...|25006)$/;
const ofSqlite = /^SQLITE_(FULL|IOERR|BUSY|CANTOPEN|READONLY|PROTOCOL)/;
/** What the client of PostgreSQL says without a code. */
const messages =
  /^(connection terminated|client (was closed|has encountered a connection error)|timeout exceeded when trying to connect|query read timeout)/i;

/** Whether it is the database that failed, rather than what was asked of it: the same may go well later. */
export function isDatabaseAway(failure: unknown): boolean {
  if (failure instanceof DatabaseAway) return true;
  if (!(failure instanceof Error)) return false;
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  if (code === '') return messages.test(failure.message);
  return ofConnections.test(code) || ofPostgres.test(code) || ofSqlite.test(code);
}
