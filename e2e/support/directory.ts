import { callApi, type Json, type ServerProcess } from './server-process.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

export interface ScimAnswer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

/** A directory that was connected: calls below the address of its configuration. */
export interface Directory {
  readonly address: string;
  readonly token: string;
  readonly tokenId: string;
  readonly call: (method: string, path: string, body?: Json) => Promise<ScimAnswer>;
}

/** Does what an administrator does: enables SCIM, and makes a token that goes into the directory. */
export async function connectDirectory(server: ServerProcess): Promise<Directory> {
  const path = `/iam/v1alpha1/organizations/${server.organizationId}/scim`;
  await callApi(server, 'POST', path, {});
  const { id } = (await callApi(server, 'GET', path)).body;
  const made = (await callApi(server, 'POST', `/iam/v1alpha1/scim/${id}/tokens`)).body;
  return directoryAt(`${server.url}/scim/v2/${id}`, made.bearer_token, made.token.id);
}

export function directoryAt(address: string, token: string, tokenId: string): Directory {
  return {
    address,
    token,
    tokenId,
    call: async (method, path, body) => {
      const answer = await fetch(`${address}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
    },
  };
}

export const patchOf = (...operations: readonly Json[]): Json => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
});

/** What a directory holds. */
export interface Contents {
  readonly users: readonly { readonly externalId: string; readonly userName: string; readonly givenName: string }[];
  /** Members are numbers of users. */
  readonly groups: readonly {
    readonly externalId: string;
    readonly displayName: string;
    readonly members: readonly number[];
  }[];
}

const atOnce = 16;

/** Brings all that a directory holds to a server, as if it did not know what is there. @returns how many requests it sent */
export async function synchronize({ call }: Directory, { users, groups }: Contents): Promise<number> {
  let sent = 0;
  const ask = async (method: string, path: string, body?: Json): Promise<Json> => {
    sent += 1;
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const find = async (path: string, filter: string): Promise<string | undefined> =>
    (await ask('GET', `${path}?excludedAttributes=members&filter=${encodeURIComponent(filter)}`)).Resources[0]?.id;
  const ids: string[] = [];
  await inParts(users, async ({ externalId, userName, givenName }, number) => {
    const found = await find('/Users', `userName eq "${userName}"`);
    const name = { givenName, familyName: 'Lovelace' };
    const user = { schemas: [userSchema], externalId, userName, name, active: true };
    // Okta puts whole profiles, Entra ID patches attribute by attribute.
    if (found === undefined) ids[number] = (await ask('POST', '/Users', user)).id;
    else if (number % 2 === 0) await ask('PUT', `/Users/${found}`, user);
    else {
      const value = { externalId, 'name.givenName': givenName, 'name.familyName': 'Lovelace', active: 'True' };
      await ask('PATCH', `/Users/${found}`, patchOf({ op: 'Replace', value }));
    }
    ids[number] ??= found ?? '';
  });
  await inParts(groups, async ({ externalId, displayName, members }) => {
    const group = { schemas: [groupSchema], externalId, displayName };
    const found = await find('/Groups', `displayName eq "${displayName}"`);
    const id = found ?? (await ask('POST', '/Groups', group)).id;
    const value = members.map((number) => ({ value: ids[number] }));
    const add = { op: 'Add', path: 'members', value };
    await ask('PATCH', `/Groups/${id}`, patchOf({ op: 'Replace', path: 'externalId', value: externalId }, add));
  });
  return sent;
}

async function inParts<T>(items: readonly T[], work: (item: T, number: number) => Promise<void>): Promise<void> {
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
