import { invalidArgument } from '@bailiwick/contract';
import type { Services } from '../context.ts';

let common: Promise<ReadonlySet<string>> | undefined;

/** Passwords that are tried first by whoever guesses, in small letters. Read when the first password is set. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return common;
}

/**
 * Refuses a password that is short, common, or the name of whom it is for. The form that the wire demands has been
 * checked before.
 *
 * @param argument names the input
 * @param names username and e-mail address
 * @throws ApiError `invalid_arguments`
 */
export async function assertGoodPassword(
  { settings }: Pick<Services, 'settings'>,
  argument: string,
  password: string,
  names: readonly string[],
): Promise<void> {
  const refuse = (help: string) => invalidArgument(argument, 'constraint', help);
  const { passwordMinimum: fewest } = settings;
  if ([...password].length < fewest) throw refuse(`value length must be at least ${fewest} runes`);
  const small = password.toLowerCase();
  if (names.some((name) => name.toLowerCase() === small)) throw refuse('the password must not be the name it is for');
  const known = await commonPasswords();
  // What people put around a word to make it longer makes it hardly better.
  const bare = small.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if (known.has(small) || known.has(bare)) throw refuse('the password is one of the most common ones: choose another');
}
