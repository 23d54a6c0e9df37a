/** What was looked at, how it is, and what to do about it. */
export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  /** How it is mended; nothing to say where it is fine. */
  readonly mend?: string;
}

export const ok = (about: string, detail: string): Finding => ({ about, state: 'ok', detail });

export const warning = (about: string, detail: string, mend: string): Finding => ({
  about,
  state: 'warning',
  detail,
  mend,
});

export const problem = (about: string, detail: string, mend: string): Finding => ({
  about,
  state: 'problem',
  detail,
  mend,
});

/** What a failure says of itself; a problem is found, whatever is thrown. */
export const reason = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));
