import { createHash } from 'node:crypto';
import { invalidArgument, maximumResults } from '@bailiwick/contract';
import type { Handler } from '../context.ts';
import { assertSizes, type Entity, type Evaluation } from './entities.ts';
import { askingIn } from './evaluations.ts';
import { type Asking, evaluate } from './questions.ts';

/** A search goes through candidates in order of their ids, and finds exactly those that an evaluation would allow. */

export const searchSubject: Handler<'authzen.searchSubject'> = async (context, { page, ...asked }) => {
  assertSizes(asked);
  const asking = askingIn(context);
  const { type, properties } = asked.subject;
  const found = walk(subjectsOf(asking, type), page, asked, (id) => {
    const subject = { type, id, ...(properties && { properties }) };
    return evaluate(asking, { ...asked, subject }).allowed;
  });
  return { results: found.ids.map((id) => ({ type, id })), page: found.page };
};

export const searchResource: Handler<'authzen.searchResource'> = async (context, { page, ...asked }) => {
  assertSizes(asked);
  const asking = askingIn(context);
  const { type, properties } = asked.resource;
  const candidates = [...(asking.mapping.resources.get(type)?.keys() ?? [])];
  const found = walk(candidates, page, asked, (id) => {
    const resource = { type, id, ...(properties && { properties }) };
    return evaluate(asking, { ...asked, resource }).allowed;
  });
  return { results: found.ids.map((id) => ({ type, id })), page: found.page };
};

export const searchAction: Handler<'authzen.searchAction'> = async (context, { page, ...asked }) => {
  assertSizes(asked);
  const asking = askingIn(context);
  const found = walk(actionsOf(asking, asked.resource), page, asked, (name) => {
    const evaluation: Evaluation = { ...asked, action: { name } };
    return evaluate(asking, evaluation).allowed;
  });
  return { results: found.ids.map((name) => ({ name })), page: found.page };
};

/** Subjects of the type that the file lists; where it lists none, the users or applications of the organization. */
function subjectsOf({ mapping, organization }: Asking, type: string): readonly string[] {
  const listed = mapping.subjects.get(type);
  if (listed) return [...listed.keys()];
  const principals = [...organization.principals.values()].filter(({ kind }) => kind === type);
  return principals.map(({ id }) => id).sort();
}

/** Names of actions that the type of a resource has. */
function actionsOf({ mapping, organization }: Asking, { type }: Entity): readonly string[] {
  const mapped = mapping.types.get(type);
  if (mapped?.actions) return [...mapped.actions.keys()].sort();
  const prefix = `${mapped?.resource ?? type}:`;
  const names = [...organization.catalogue.permissions.keys()].filter((name) => name.startsWith(prefix));
  // A type that ends early would be the beginning of others.
  return names
    .map((name) => name.slice(prefix.length))
    .filter((name) => !name.includes(':'))
    .sort();
}

/** Candidates that one call looks at: beyond it the answer is cut, and its token goes on from there. */
const maximumExamined = 10_000;

interface Found {
  readonly ids: readonly string[];
  readonly page: { readonly next_token: string; readonly count: number };
}

function walk(
  candidates: readonly string[],
  page: { readonly token?: string; readonly limit?: number } | undefined,
  asked: object,
  allows: (id: string) => boolean,
): Found {
  const question = digest(asked);
  const after = page?.token ? readToken(page.token, question) : undefined;
  const limit = Math.min(page?.limit ?? maximumResults, maximumResults);
  const ids: string[] = [];
  let examined = 0;
  let last = after;
  for (const id of candidates) {
    if (after !== undefined && id <= after) continue;
    if (ids.length === limit || examined === maximumExamined) {
      return { ids, page: { next_token: writeToken(question, last ?? ''), count: ids.length } };
    }
    examined += 1;
    last = id;
    if (allows(id)) ids.push(id);
  }
  return { ids, page: { next_token: '', count: ids.length } };
}

/** A token is good for the question it came with: what it continues would be another list. */
function digest(asked: object): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 22);
}

const writeToken = (question: string, last: string): string => `${question}.${Buffer.from(last).toString('base64url')}`;

function readToken(token: string, question: string): string {
  const [before, last, ...more] = token.split('.');
  if (before !== question || last === undefined || more.length > 0)
    throw invalidArgument('page.token', 'constraint', 'value must be the next_token of an answer to the same question');
  return Buffer.from(last, 'base64url').toString();
}
