import { randomInt } from 'node:crypto';
import type { Bench } from '../measurement.ts';
import { call, createHome, type Server } from './server.ts';
import type { Table } from './table.ts';

export const password = 'a long and winding road';

/** Measures a server on each database that believes what a proxy says of addresses. */
export async function onEach(
  bench: Bench,
  measureOn: (bench: Bench, name: string, server: Server) => Promise<Table>,
): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const database of bench.databases) {
    await using home = await createHome(database, ['--trusted-proxies', '127.0.0.1']);
    await using server = await home.start();
    tables.push(await measureOn(bench, database.name, server));
  }
  return tables;
}

/** Members with a password, by username. */
export async function makeMembers(server: Server, names: readonly string[]): Promise<void> {
  for (const username of names) {
    const member = { username, email: `${username}@example.org`, password };
    await call(server, '/iam/v1alpha1/users', { member });
  }
}

/**
 * One step of a sign-in, in milliseconds. Each comes from an address of its own, as a proxy tells it: the limit of an
 * address is not what is measured.
 */
export async function step(server: Server, path: string, body: object) {
  const address = Array.from({ length: 4 }, () => randomInt(1, 255)).join('.');
  const started = performance.now();
  const response = await fetch(`${server.url}/auth/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const milliseconds = performance.now() - started;
  const answer: { readonly attempt?: string } = text === '' ? {} : JSON.parse(text);
  return { status: response.status, retryAfter: response.headers.get('retry-after'), answer, milliseconds };
}

/** Names first, then the password. */
export async function signIn(server: Server, username: string, shown = password) {
  const begun = await step(server, 'start', { organization: server.organizationId, username });
  if (begun.status !== 200) throw new Error(`a sign-in cannot begin: ${begun.status}`);
  const proved = await step(server, 'password', { attempt: begun.answer.attempt, password: shown });
  return { begun, proved };
}
