import type { Types } from '../dialect.ts';

/** Mail that is to be sent. What it says may hold a secret, so it is sealed, and wiped once it is sent. */
export function outbox({ text, integer, tableOptions }: Types): readonly string[] {
  return [
    `CREATE TABLE outbox (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       kind ${text} NOT NULL,
       recipient ${text} NOT NULL,
       sealed_content ${text},
       created_at ${integer} NOT NULL,
       next_attempt_at ${integer},
       attempts ${integer} NOT NULL DEFAULT 0,
       sent_at ${integer},
       last_error ${text} NOT NULL DEFAULT ''
     ) ${tableOptions}`,
    'CREATE INDEX outbox_by_creation ON outbox (organization_id, created_at, id)',
    'CREATE INDEX outbox_to_send ON outbox (next_attempt_at, id) WHERE next_attempt_at IS NOT NULL',
  ];
}
