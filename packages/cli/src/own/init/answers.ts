import { formatProblem, type Key, type Settings } from '../../client/settings.ts';
import { bareError } from '../../command-error.ts';
import { typedText } from '../../grammar/typed-text.ts';
import type { OwnRun } from '../command.ts';
import type { Questions } from './questions.ts';

interface Wanted {
  readonly argument: string;
  readonly key: Key;
  readonly message: string;
  /** What an empty answer is told. */
  readonly missing: string;
  readonly isSecret?: boolean;
}

const wanted: readonly Wanted[] = [
  {
    argument: 'api-url',
    key: 'api_url',
    message: 'Address of the API, such as http://127.0.0.1:8080',
    missing: 'API address is required',
  },
  {
    argument: 'secret-key',
    key: 'secret_key',
    message: 'Secret key (it is not shown)',
    missing: 'secret key is required',
    isSecret: true,
  },
  { argument: 'access-key', key: 'access_key', message: 'Access key', missing: 'access key is required' },
  {
    argument: 'organization-id',
    key: 'default_organization_id',
    message: 'Organization ID',
    missing: 'organization ID is required',
  },
];

/**
 * Where and as whom calls shall be made: from the arguments, else from questions.
 *
 * @param known what the profile holds already, offered again
 * @throws CommandError for an argument of a wrong format
 */
export async function askForAccess(run: OwnRun, questions: Questions, known: Settings): Promise<Settings> {
  const typed = wanted.flatMap(({ argument, key }) => {
    const value = typedText(run, argument);
    return value === null ? [] : [[key, value] as const];
  });
  // Before the first question: nobody answers four of them to learn that an argument was wrong.
  for (const [key, value] of typed) {
    const problem = formatProblem(key, value);
    if (problem !== null) throw bareError(problem);
  }
  const answers: { [K in Key]?: string } = Object.fromEntries(typed);
  for (const one of wanted) answers[one.key] ??= await ask(one, questions, known);
  return answers;
}

async function ask({ key, message, missing, isSecret = false }: Wanted, questions: Questions, known: Settings) {
  const initial = key === 'api_url' || key === 'default_organization_id' ? (known[key] ?? null) : null;
  // A script need not say again where the service is.
  if (key === 'api_url' && initial !== null && !questions.isTerminal && formatProblem(key, initial) === null) {
    return initial;
  }
  const check = (answer: string) => (answer === '' ? missing : formatProblem(key, answer));
  return await questions.text({ message, initial, isSecret, check });
}
