import type { Page, PageRequest } from './list.ts';

/** One page of a list that is held in memory, already filtered and in ascending order. */
export function pageOf<T>(items: readonly T[], request: PageRequest, defaultSize = 20): Page<T> {
  const size = request.page_size ?? defaultSize;
  const first = ((request.page ?? 1) - 1) * size;
  const ordered = request.order_by?.endsWith('_desc') ? items.toReversed() : items;
  return { rows: ordered.slice(first, first + size), total: items.length };
}
