import { notFound } from '@bailiwick/contract';
import type { Catalogue, PermissionSet } from '../catalogue/catalogue.ts';
import type { Handler } from '../context.ts';
import { pageOf } from '../storage/pages.ts';
import { sortKey } from '../storage/sort-key.ts';

export const list: Handler<'permissionSets.list'> = async ({ catalogue }, input) => {
  const byCreation = input.order_by?.startsWith('created_at') ?? false;
  const { rows, total } = pageOf(byCreation ? catalogue.permissionSets : byName(catalogue), input);
  return { permission_sets: rows.map(toPermissionSet), total_count: total };
};

export const get: Handler<'permissionSets.get'> = async (
  { catalogue, organization },
  { permission_set_name: name },
) => {
  const set = catalogue.byName(name);
  if (set === undefined) throw notFound('permission_set', name);
  // As the engine has expanded it: patterns, and what it includes.
  const granted = organization.catalogue.permissionSets.get(set.id)?.permissions ?? [];
  return {
    ...toPermissionSet(set),
    includes: [...set.includes],
    permissions: [...granted].map((permission) => permission.name),
  };
};

const sorted = new WeakMap<Catalogue, readonly PermissionSet[]>();

/** Sorted once for each catalogue. */
function byName(catalogue: Catalogue): readonly PermissionSet[] {
  const known = sorted.get(catalogue);
  if (known) return known;
  const keys = new Map(catalogue.permissionSets.map((set) => [set, sortKey(set.name)]));
  const key = (set: PermissionSet) => keys.get(set) ?? '';
  const ordered = catalogue.permissionSets.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  sorted.set(catalogue, ordered);
  return ordered;
}

function toPermissionSet({ id, name, scope_type, description, categories }: PermissionSet) {
  return { id, name, scope_type, description, categories: [...categories] };
}
