import type { Json } from './output/result.ts';

/** Exit codes of every command (docs/cli.md). `denied` is the answer no, and no failure. */
export const exitCode = { success: 0, failure: 1, denied: 3, interrupted: 130 } as const;

/** What an error says beside its message. */
export interface ErrorParts {
  readonly details?: string;
  readonly hint?: string;
  /** The API's own error, shown under `error` in JSON. */
  readonly api?: Json;
  /** JSON shows the message alone, as `{"error":"…"}`. */
  readonly bare?: boolean;
  readonly cause?: unknown;
}

/** A failed command: what went wrong, more about it, and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly details: string | null;
  readonly hint: string | null;
  readonly api: Json;
  readonly bare: boolean;

  constructor(message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.details = parts.details ?? null;
    this.hint = parts.hint ?? null;
    this.api = parts.api ?? {};
    this.bare = parts.bare ?? false;
  }
}

/** An error of one line, and perhaps what to do. */
export function bareError(message: string, cause?: unknown, hint: string | null = null): CommandError {
  return new CommandError(message, { bare: true, cause, ...(hint !== null && { hint }) });
}
