import type { Item } from '../resources/queries.ts';

/** One change. */
export interface LogEntry {
  readonly id: string;
  readonly created_at: string;
  readonly action: string;
  /** Who did it; empty for the platform. */
  readonly bearer_id: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly ip: string;
  readonly user_agent: string;
}

export function entryOf(item: Item): LogEntry {
  const text = (name: keyof LogEntry) => String(item[name] ?? '');
  return {
    id: text('id'),
    created_at: text('created_at'),
    action: text('action'),
    bearer_id: text('bearer_id'),
    resource_type: text('resource_type'),
    resource_id: text('resource_id'),
    ip: text('ip'),
    user_agent: text('user_agent'),
  };
}
