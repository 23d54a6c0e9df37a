import type { Types } from '../dialect.ts';

/** What servers note about API keys beside their work: when one was last used, and when its end was announced. */
export function mail({ integer }: Types): readonly string[] {
  return [
    `ALTER TABLE api_keys ADD COLUMN last_used_at ${integer}`,
    `ALTER TABLE api_keys ADD COLUMN expiry_notice_at ${integer}`,
    `CREATE INDEX api_keys_ending ON api_keys (expires_at)
     WHERE expires_at IS NOT NULL AND expiry_notice_at IS NULL`,
  ];
}
