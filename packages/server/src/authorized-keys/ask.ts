import { contract, type SshKeyType, sshKeyTypes } from '@bailiwick/contract';

/** Where keys are asked for, and as whom. */
export interface KeySource {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly projectId: string;
}

/** One enabled key, as a line of an authorized_keys file (sshd(8)): no options, its id as the comment. */
export type AuthorizedKey = string;

/** What came of asking. `unreachable`: nobody knows whether the keys still hold; `refused`: they do not for this caller. */
export type Answer =
  | { readonly kind: 'keys'; readonly keys: readonly AuthorizedKey[] }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** A login waits for it. */
const patienceMilliseconds = 3000;
const pageSize = 100;
/** More keys than anybody reads line by line; an endless answer must not be followed. */
const mostPages = 50;

/** All enabled keys of a project. */
export async function askForKeys(source: KeySource): Promise<Answer> {
  const signal = AbortSignal.timeout(patienceMilliseconds);
  const keys: AuthorizedKey[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await askForPage(source, page, signal);
    if (answer.kind !== 'rows') return answer;
    keys.push(...answer.rows.flatMap((row) => lineOf(row, source.projectId)));
    if (answer.rows.length < pageSize) return { kind: 'keys', keys };
  }
  return { kind: 'refused', reason: `the project has more than ${mostPages * pageSize} keys` };
}

type PageAnswer = { readonly kind: 'rows'; readonly rows: readonly unknown[] } | Exclude<Answer, { kind: 'keys' }>;

async function askForPage(source: KeySource, page: number, signal: AbortSignal): Promise<PageAnswer> {
  const query = new URLSearchParams({
    project_id: source.projectId,
    disabled: 'false',
    order_by: 'created_at_asc',
    page: String(page),
    page_size: String(pageSize),
  });
  try {
    const response = await fetch(`${source.apiUrl}${contract.sshKeys.list.path}?${query}`, {
      headers: { 'x-auth-token': source.secretKey },
      // The secret goes to the configured address and nowhere else.
      redirect: 'error',
      signal,
    });
    const { status } = response;
    if (status === 429 || status >= 500) return { kind: 'unreachable', reason: `the server answered ${status}` };
    if (status !== 200) return { kind: 'refused', reason: `the server answered ${status}` };
    const { ssh_keys: rows } = (await response.json()) as { readonly ssh_keys?: unknown };
    if (Array.isArray(rows)) return { kind: 'rows', rows };
    return { kind: 'unreachable', reason: 'the answer is no list of keys' };
  } catch (failure) {
    const { message, cause } = failure as Error;
    return { kind: 'unreachable', reason: cause instanceof Error ? cause.message || message : message };
  }
}

/**
 * The line of one key. A row that is no enabled key of the project gives none, whoever answered: sshd would obey options
 * and further lines.
 */
function lineOf(row: unknown, projectId: string): readonly AuthorizedKey[] {
  if (typeof row !== 'object' || row === null) return [];
  const { id, public_key: key, disabled, project_id: project } = row as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof key !== 'string' || disabled !== false || project !== projectId) return [];
  const [type = '', blob = ''] = key.split(' ');
  const isPlain = isKeyType(type) && /^[A-Za-z0-9+/]+={0,2}$/.test(blob) && /^[0-9a-f-]{36}$/i.test(id);
  return isPlain ? [`${type} ${blob} ${id}`] : [];
}

function isKeyType(type: string): type is SshKeyType {
  return (sshKeyTypes as readonly string[]).includes(type);
}
