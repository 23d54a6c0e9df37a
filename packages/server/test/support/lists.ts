import { expect } from 'vitest';
import type { Json, TestServer } from './server.ts';

/** A list as a client reads it. */
export interface List {
  readonly path: string;
  /** Member of the answer that holds the items. */
  readonly items: string;
  /** Member of an item that tells it from others. */
  readonly id?: string;
}

const join = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

/** The items of a list on one page, with the total that the answer tells. */
export async function itemsOf(server: TestServer, { path, items }: List, query = ''): Promise<Json[]> {
  const answer = await server.call('GET', join(path, `page_size=100${query && `&${query}`}`));
  expect(answer.status, answer.text).toBe(200);
  expect(Object.keys(answer.body)).toEqual([items, 'total_count']);
  expect(answer.body.total_count).toBe(answer.body[items].length);
  return answer.body[items];
}

/** The ids of a list, read as clients do that ask until a page is empty; every page tells the same total. */
export async function idsOf(server: TestServer, list: List, query = '', pageSize = 3): Promise<string[]> {
  const { path, items, id = 'id' } = list;
  const pages: string[][] = [];
  const totals = new Set<number>();
  for (let page = 1; pages.at(-1)?.length !== 0; page += 1) {
    const answer = await server.call('GET', join(path, `page=${page}&page_size=${pageSize}${query && `&${query}`}`));
    expect(answer.status, answer.text).toBe(200);
    totals.add(answer.body.total_count);
    pages.push(answer.body[items].map((item: Json) => item[id]));
  }
  const ids = pages.flat();
  expect([...totals], 'total_count of every page, the empty one included').toEqual([ids.length]);
  expect(pages.slice(0, -2).every((page) => page.length === pageSize)).toBe(true);
  return ids;
}

/**
 * `<field>_asc` gives the ids in this order on pages of every size, `<field>_desc` in the opposite one.
 *
 * @param query further filters, that keep other tests' items out
 */
export async function expectOrder(
  server: TestServer,
  list: List,
  field: string,
  ascending: readonly string[],
  query = '',
): Promise<void> {
  for (const pageSize of [1, 3, 100]) {
    const read = (direction: string) =>
      idsOf(server, list, `order_by=${field}_${direction}${query && `&${query}`}`, pageSize);
    expect(await read('asc'), `${field}_asc`).toEqual(ascending);
    expect(await read('desc'), `${field}_desc`).toEqual(ascending.toReversed());
  }
}

/** A page far behind the last is empty, and still tells how many there are. */
export async function expectPagesEnd(server: TestServer, { path, items }: List): Promise<void> {
  const first = await server.call('GET', path);
  const beyond = await server.call('GET', join(path, 'page=10000'));
  expect([beyond.status, beyond.text]).toEqual([200, `{"${items}":[],"total_count":${first.body.total_count}}`]);
}

/** A filter that repeats its name: `user_ids=a&user_ids=b`. */
export const repeated = (name: string, values: readonly string[]): string =>
  values.map((value) => `${name}=${value}`).join('&');
