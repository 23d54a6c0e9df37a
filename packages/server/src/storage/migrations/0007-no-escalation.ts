import type { Types } from '../dialect.ts';

/** Whether nobody may give more than they hold (docs/decisions/0009-escalation.md). */
export function noEscalation({ integer }: Types): readonly string[] {
  return [
    `ALTER TABLE organizations ADD COLUMN no_escalation ${integer} NOT NULL DEFAULT 0 CHECK (no_escalation IN (0, 1))`,
  ];
}
