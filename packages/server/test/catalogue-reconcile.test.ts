import { createCatalogue } from '@bailiwick/authz';
import { describe, expect, test } from 'vitest';
import { toCatalogueData } from '../src/catalogue/catalogue.ts';
import { type HeldSet, type KnownSet, type Reconciled, reconcile } from '../src/catalogue/reconcile.ts';
import { accepted, wikiWith } from './support/catalogue-files.ts';

/** What a file makes of known sets; it is loaded at the given time. */
function load(known: readonly HeldSet[], text: string, now = 100): Reconciled {
  return reconcile(accepted(text), known, now);
}

/** What is known after a load, each set held by as many rules as before. */
function after(known: readonly HeldSet[], { insert, update }: Reconciled): readonly HeldSet[] {
  const changed = new Map([...insert, ...update].map((row) => [row.id, row]));
  const rules = new Map(known.map((row) => [row.id, row.rules]));
  return [...new Map([...known.map((row) => [row.id, row] as const), ...changed]).values()].map((row) => ({
    ...row,
    rules: rules.get(row.id) ?? 0,
  }));
}

const row = (set: Partial<HeldSet> & Pick<KnownSet, 'id' | 'name'>): HeldSet => ({
  scope_type: 'projects',
  first_seen_at: 1,
  rules: 0,
  ...set,
});
const nothing = { insert: [], update: [], faults: [] };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const reads = ['wiki:page:read'];

/** What a set of this id grants in the engine; undefined when the engine does not know it. */
function granted({ catalogue }: Reconciled, id: string): readonly string[] | undefined {
  const set = createCatalogue(toCatalogueData(catalogue)).permissionSets.get(id);
  return set && [...set.permissions].map(({ name }) => name);
}

describe('a permission set that is seen for the first time', () => {
  test('gets an id that its name decides, to be kept', () => {
    const first = load([], wikiWith({ name: 'WikiReader' }));
    const [set] = first.catalogue.permissionSets;
    expect(set?.id).toBe('ea87da82-073f-4c6e-afdd-b484feab9180');
    expect(first.insert).toEqual([{ id: set?.id, name: 'WikiReader', scope_type: 'projects', first_seen_at: 100 }]);
    expect(first.update).toEqual([]);
    expect(first.report).toEqual({
      services: 1,
      permissions: 5,
      permissionSets: 1,
      added: ['WikiReader'],
      renamed: [],
      deprecated: [],
    });
    expect(load([], wikiWith({ name: 'WikiReader' }), 7).catalogue.permissionSets[0]?.id).toBe(set?.id);
  });

  test('has the id that is known for its name, whatever that is', () => {
    const again = load([row({ id: 'kept', name: 'WikiReader' })], wikiWith({ name: 'WikiReader' }));
    expect(again.catalogue.byName('WikiReader')?.id).toBe('kept');
    expect(again).toMatchObject(nothing);
    expect(again.report.added).toEqual([]);
  });
});

describe('a permission set that is renamed', () => {
  const known = [row({ id: 'kept', name: 'WikiManager', rules: 2 })];
  const renamed = wikiWith({ name: 'WikiEditor', lines: ['former_names: [WikiManager]'] });

  test('keeps its id and grants on, and its former name is retired', () => {
    const result = load(known, renamed);
    const { catalogue, report } = result;
    expect(catalogue.byName('WikiEditor')).toMatchObject({ id: 'kept', other_ids: [], former_names: ['WikiManager'] });
    expect([catalogue.byName('WikiManager'), catalogue.isRetired('WikiManager')]).toEqual([undefined, true]);
    expect(catalogue.byId('kept')?.name).toBe('WikiEditor');
    expect(granted(result, 'kept')).toEqual(reads);
    expect(result.insert).toEqual([]);
    expect(result.update).toEqual([{ id: 'kept', name: 'WikiEditor', scope_type: 'projects', first_seen_at: 1 }]);
    expect(report).toMatchObject({ added: [], renamed: [{ from: 'WikiManager', to: 'WikiEditor' }], deprecated: [] });
  });

  test('keeps it when the former name is taken out later, and through a second renaming', () => {
    const once = after(known, load(known, renamed));
    expect(load(once, wikiWith({ name: 'WikiEditor' }))).toMatchObject(nothing);
    const twice = load(once, wikiWith({ name: 'WikiAuthor', lines: ['former_names: [WikiEditor]'] }));
    expect(twice.catalogue.byName('WikiAuthor')?.id).toBe('kept');
  });

  test('leaves its name to a set of another id, that rules do not take for it', () => {
    const first = load([], wikiWith({ name: 'WikiManager' }));
    const [before] = first.catalogue.permissionSets;
    const moved = after([], first);
    const away = after(moved, load(moved, renamed));
    const { catalogue } = load(away, wikiWith({ name: 'WikiEditor' }, { name: 'WikiManager' }));
    expect(catalogue.byName('WikiEditor')?.id).toBe(before?.id);
    expect(catalogue.byName('WikiManager')?.id).toMatch(uuid);
    expect(catalogue.byName('WikiManager')?.id).not.toBe(before?.id);
  });

  test('goes back by the same way', () => {
    const there = after(known, load(known, renamed));
    const back = load(there, wikiWith({ name: 'WikiManager', lines: ['former_names: [WikiEditor]'] }));
    expect(back.catalogue.byName('WikiManager')?.id).toBe('kept');
    expect(back.report.renamed).toEqual([{ from: 'WikiEditor', to: 'WikiManager' }]);
  });

  test('takes in another: rules that hold either go on, and new ones get the id that is known for longest', () => {
    const both = [
      row({ id: 'younger', name: 'WikiEditor', first_seen_at: 5, rules: 1 }),
      row({ id: 'older', name: 'WikiManager', first_seen_at: 3, rules: 1 }),
    ];
    const merged = load(both, renamed);
    expect(merged.catalogue.byName('WikiEditor')).toMatchObject({ id: 'older', other_ids: ['younger'] });
    for (const id of ['older', 'younger']) {
      expect(merged.catalogue.byId(id)?.name).toBe('WikiEditor');
      expect(granted(merged, id)).toEqual(reads);
    }
    const later = load(after(both, merged), wikiWith({ name: 'WikiEditor' }));
    expect(later.catalogue.byName('WikiEditor')).toMatchObject({ id: 'older', other_ids: ['younger'] });
    expect(later).toMatchObject(nothing);
    const gone = load(after(both, merged), wikiWith());
    expect(gone.catalogue.deprecatedSets).toMatchObject([{ id: 'older', other_ids: ['younger'], name: 'WikiEditor' }]);
    expect(gone.report.deprecated).toEqual([{ name: 'WikiEditor', rules: 2 }]);
  });
});

describe('a permission set that no file has any more', () => {
  const known = [row({ id: 'gone', name: 'WikiVisitor', rules: 3 }), row({ id: 'kept', name: 'WikiReader' })];
  const result = load(known, wikiWith({ name: 'WikiReader' }));

  test('is deprecated: known by id with its name, and not by its name', () => {
    const { catalogue } = result;
    expect(catalogue.permissionSets.map(({ name }) => name)).toEqual(['WikiReader']);
    expect(catalogue.deprecatedSets).toEqual([
      {
        id: 'gone',
        other_ids: [],
        name: 'WikiVisitor',
        scope_type: 'projects',
        categories: [],
        description: '',
        includes: [],
        permissions: [],
        former_names: [],
        deprecated: true,
      },
    ]);
    expect(catalogue.byId('gone')?.name).toBe('WikiVisitor');
    expect(catalogue.byName('WikiVisitor')).toBeUndefined();
    expect([catalogue.isDeprecated('WikiVisitor'), catalogue.isDeprecated('WikiReader')]).toEqual([true, false]);
    expect(catalogue.isRetired('WikiVisitor')).toBe(false);
  });

  test('grants nothing', () => {
    expect(granted(result, 'gone')).toEqual([]);
    expect(toCatalogueData(result.catalogue).permissionSets.at(-1)).toEqual({
      id: 'gone',
      name: 'WikiVisitor',
      scope_type: 'projects',
      includes: [],
      permissions: [],
      deprecated: true,
    });
  });

  test('is reported with the number of rules that hold it, and nothing of it is deleted', () => {
    expect(result.report.deprecated).toEqual([{ name: 'WikiVisitor', rules: 3 }]);
    expect(result).toMatchObject(nothing);
  });

  test('is itself again when a file has it again', () => {
    const again = load(known, wikiWith({ name: 'WikiVisitor' }));
    expect(again.catalogue.byName('WikiVisitor')?.id).toBe('gone');
    expect(granted(again, 'gone')).toEqual(reads);
  });

  test('may be one that came with the product', () => {
    const { catalogue } = reconcile(accepted('version: 1'), [row({ id: 'old', name: 'QaaSFullAccess', rules: 1 })], 1);
    expect(catalogue.byId('old')?.deprecated).toBe(true);
  });
});

describe('the scope type of a permission set', () => {
  const owner = wikiWith().replace(
    'permission_sets: []',
    'permission_sets:\n  - {name: WikiOwner, scope_type: organization}',
  );

  test('stays while rules hold it', () => {
    const { faults } = load([row({ id: 'kept', name: 'WikiOwner', rules: 2 })], owner);
    expect(faults).toEqual([
      {
        line: 12,
        thing: 'permission set `WikiOwner`',
        reason: 'its scope type was projects, and 2 rules hold it as that; keep it, or give the set another name',
      },
    ]);
    const renamed = owner.replace('organization}', 'organization, former_names: [WikiReader]}');
    const from = load([row({ id: 'kept', name: 'WikiReader', rules: 1 })], renamed);
    expect(from.faults.map(({ reason }) => reason)).toEqual([
      'its scope type was projects, and 1 rule holds it as that; keep it, or give the set another name',
    ]);
  });

  test('may change while none does', () => {
    const result = load([row({ id: 'kept', name: 'WikiOwner' })], owner);
    expect(result.faults).toEqual([]);
    expect(result.update).toEqual([{ id: 'kept', name: 'WikiOwner', scope_type: 'organization', first_seen_at: 1 }]);
  });
});
