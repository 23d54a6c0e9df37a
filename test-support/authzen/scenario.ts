/** An organization whose operator has services of its own, by what is asked about it. */
export interface Scenario {
  /** Text of the operator's catalogue. */
  readonly catalogue: string;
  readonly people: readonly string[];
  /** Rules by user: permission set and condition. */
  readonly rules: Readonly<Record<string, readonly (readonly [set: string, condition: string])[]>>;
  /** The mapping of the organization, with the ids of the users by their names. */
  readonly mapping: (people: Readonly<Record<string, string>>) => object;
}

/** A request of an AuthZEN client. */
export interface Question {
  /** Below `/access/v1`. */
  readonly path: string;
  readonly body: object;
  /** What `essenceOf` makes of the answer. */
  readonly expected: unknown;
}

/** Requests that belong together; the title says what the answers are. */
export interface QuestionSet {
  readonly title: string;
  readonly questions: readonly Question[];
}

interface Answer {
  readonly decision?: boolean;
  readonly evaluations?: readonly { readonly decision: boolean }[];
  readonly results?: readonly { readonly name?: string }[];
  readonly page?: { readonly next_token: string };
}

/** What a scenario publishes of an answer: a decision, several, or all that was found. */
export function essenceOf({ decision, evaluations, results, page }: Answer): unknown {
  if (evaluations !== undefined) return evaluations.map((one) => one.decision);
  if (results === undefined) return decision;
  if (page?.next_token !== '') return 'more pages';
  // Subjects and resources come in their order. The order of actions is no part of a scenario.
  return results.toSorted(({ name: a = '' }, { name: b = '' }) => (a < b ? -1 : a > b ? 1 : 0));
}

type Post = (path: string, body: object) => Promise<{ readonly id: string }>;

/** Makes the people of a scenario and their policies. @returns their ids by their names */
export async function populate(
  { people, rules }: Scenario,
  organizationId: string,
  post: Post,
): Promise<Readonly<Record<string, string>>> {
  const ids: Record<string, string> = {};
  for (const name of people) {
    const member = { username: name, email: `${name}@example.org` };
    ids[name] = (await post('/iam/v1alpha1/users', { member })).id;
  }
  for (const [name, listed] of Object.entries(rules)) {
    await post('/iam/v1alpha1/policies', {
      name,
      user_id: ids[name],
      rules: listed.map(([set, condition]) => ({
        permission_set_names: [set],
        condition,
        organization_id: organizationId,
      })),
    });
  }
  return ids;
}

/** Makes the application that asks for decisions. */
export async function makeGuard(organizationId: string, post: Post): Promise<string> {
  const { id } = await post('/iam/v1alpha1/applications', { name: 'guard' });
  await post('/iam/v1alpha1/policies', {
    name: 'guard',
    application_id: id,
    rules: [{ permission_set_names: ['IAMDecisionPoint', 'IAMReadOnly'], organization_id: organizationId }],
  });
  return id;
}
