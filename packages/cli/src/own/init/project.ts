import type { Api } from '../../client/api.ts';
import type { Configuration } from '../../client/configuration.ts';
import { formatProblem } from '../../client/settings.ts';
import { CommandError } from '../../command-error.ts';
import type { JsonObject } from '../../output/result.ts';
import { oneLine } from '../../output/values.ts';
import type { Questions } from './questions.ts';

/** The project of a profile, and why the API could not help to find it. */
export interface ChosenProject {
  readonly project: string;
  readonly problem: string | null;
}

/**
 * Asks for the project of calls that name none. The API is asked with the new keys, at the new address: it suggests the
 * default project of the key and lists those there are to choose from.
 */
export async function askForProject(
  api: Api,
  { accessKey, organization }: Configuration,
  questions: Questions,
): Promise<ChosenProject> {
  const key = await attempt(
    async () => await api.call(get(`/iam/v1alpha1/api-keys/${encodeURIComponent(accessKey)}`)),
    {},
  );
  const suggested = String(key.value.default_project_id || organization);
  if (!questions.isTerminal) return { project: suggested, problem: key.problem };
  const list = await attempt(
    async () => await api.list(get('/account/v3/projects', { organization_id: organization }), 'projects'),
    [],
  );
  const problem = key.problem ?? list.problem;
  const message = 'Project of calls that name none';
  const choices = list.value.map(({ id, name }) => ({
    value: String(id),
    label: oneLine(String(name)),
    hint: String(id),
  }));
  const project =
    choices.length > 0
      ? await questions.choose(message, choices, suggested)
      : await questions.text({
          message: `${message} (ID)`,
          initial: suggested,
          check: (answer) => formatProblem('default_project_id', answer),
        });
  return { project, problem };
}

function get(path: string, query: Readonly<Record<string, string>> = {}) {
  return { method: 'GET', path, query: new URLSearchParams(query), body: undefined } as const;
}

/** A service that does not answer must not stop somebody from writing a file. */
async function attempt<Value extends JsonObject | readonly JsonObject[]>(
  work: () => Promise<Value>,
  otherwise: Value,
): Promise<{ readonly value: Value; readonly problem: string | null }> {
  try {
    return { value: await work(), problem: null };
  } catch (failure) {
    if (!(failure instanceof CommandError)) throw failure;
    return { value: otherwise, problem: failure.message };
  }
}
