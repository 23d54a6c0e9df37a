import { bareError, CommandError } from '../command-error.ts';

/** What went wrong with a file, and how to mend it where we know. */
interface Problem {
  readonly reason: string;
  readonly mend?: string;
}

const problems: Readonly<Record<string, Problem>> = {
  ENOENT: { reason: 'no such file or directory' },
  ENOTDIR: { reason: 'a folder of its path is a file' },
  EEXIST: { reason: 'a folder of its path is a file' },
  EACCES: { reason: 'permission denied', mend: 'Let your user in with chmod or chown, or use another file.' },
  EPERM: { reason: 'permission denied', mend: 'Let your user in with chmod or chown, or use another file.' },
  EISDIR: { reason: 'it is a folder', mend: 'Name a file.' },
  ELOOP: { reason: 'its links lead in a circle', mend: 'Remove one of the links.' },
  ENAMETOOLONG: { reason: 'its name is too long' },
  EROFS: { reason: 'the disk is read-only' },
  ENOSPC: { reason: 'no space left' },
  EDQUOT: { reason: 'no space left for your user' },
  EMFILE: { reason: 'too many files are open' },
  ENFILE: { reason: 'too many files are open' },
  EIO: { reason: 'the disk does not work' },
  EBUSY: { reason: 'somebody else uses it' },
  ERR_FS_FILE_TOO_LARGE: { reason: 'it is too large' },
  ERR_STRING_TOO_LONG: { reason: 'it is too large' },
};

/** What went wrong with a file, in our own words. */
export function reasonOf({ code }: NodeJS.ErrnoException): string {
  return problems[code ?? '']?.reason ?? `the system says ${code ?? 'no'}`;
}

/** How to mend it; null where there is nothing to say. */
export function mendOf({ code }: NodeJS.ErrnoException): string | null {
  return problems[code ?? '']?.mend ?? null;
}

/** The error for a file with which something cannot be done: `what` is such as `read config.yaml`. */
export function fileError(what: string, failure: unknown): CommandError {
  // What was said in our words already.
  if (failure instanceof CommandError) return failure;
  const problem = failure as NodeJS.ErrnoException;
  return bareError(`cannot ${what}: ${reasonOf(problem)}`, failure, mendOf(problem));
}
