import { createCatalogue } from '@bailiwick/authz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import builtIn from '../src/catalogue/built-in.json' with { type: 'json' };
import { builtInDefinitions } from '../src/catalogue/built-in.ts';
import { toCatalogueData } from '../src/catalogue/catalogue.ts';
import { joinDefinitions } from '../src/catalogue/definitions.ts';
import { expandPattern, indexPermissions } from '../src/catalogue/permissions.ts';
import { reconcile } from '../src/catalogue/reconcile.ts';
import { readCatalogue } from '../src/catalogue/source.ts';

/** A catalogue file as its writer sees it. */
interface File {
  readonly version: 1;
  readonly services: readonly {
    readonly name: string;
    readonly resources: readonly {
      readonly name: string;
      readonly scope: string;
      readonly actions: readonly (string | { readonly name: string; readonly privileged?: boolean })[];
    }[];
  }[];
  readonly permission_sets: readonly {
    readonly name: string;
    readonly scope_type: string;
    readonly includes?: readonly string[];
    readonly permissions: readonly string[];
  }[];
}

/** Every permission is held against every pattern, part by part. */
function expandNaively(files: readonly File[], pattern: string, scopeType: string): readonly string[] {
  const scope = scopeType === 'projects' ? 'project' : 'organization';
  const wanted = pattern.split(':');
  const expanded: string[] = [];
  for (const service of files.flatMap(({ services }) => services))
    for (const resource of service.resources)
      for (const action of resource.actions) {
        const name = typeof action === 'string' ? action : action.name;
        const privileged = typeof action === 'string' ? false : (action.privileged ?? false);
        const parts = [service.name, resource.name, name];
        if (resource.scope !== scope) continue;
        if (privileged && wanted.includes('*')) continue;
        if (parts.every((part, at) => wanted[at] === '*' || wanted[at] === part)) expanded.push(parts.join(':'));
      }
  return expanded;
}

/** Everything that a set holds, through those it includes. */
function holdsNaively(files: readonly File[], name: string): ReadonlySet<string> {
  const set = files.flatMap((file) => file.permission_sets).find((each) => each.name === name);
  if (!set) throw new Error(`no set ${name}`);
  return new Set([
    ...set.permissions.flatMap((pattern) => expandNaively(files, pattern, set.scope_type)),
    ...(set.includes ?? []).flatMap((included) => [...holdsNaively(files, included)]),
  ]);
}

const action = fc.record({
  name: fc.constantFrom('list', 'read', 'write', 'purge', 'check'),
  privileged: fc.boolean(),
});
const resource = fc.record({
  name: fc.constantFrom('page', 'space', 'user', 'decision', 'tag'),
  scope: fc.constantFrom('project', 'organization'),
  actions: fc.uniqueArray(action, { selector: ({ name }) => name, minLength: 1 }),
});
const service = fc.record({
  name: fc.constantFrom('wiki', 'blog', 'iam-tools', 'shop'),
  resources: fc.uniqueArray(resource, { selector: ({ name }) => name, minLength: 1 }),
});
const part = (...names: readonly string[]) => fc.constantFrom('*', ...names);
const pattern = fc
  .tuple(
    part('wiki', 'blog', 'iam-tools', 'shop', 'iam', 'account'),
    part('page', 'space', 'user', 'decision', 'tag', 'ssh_key', 'self_user'),
    part('list', 'read', 'write', 'purge', 'check'),
  )
  .map((parts) => parts.join(':'));
const builtInFile: File = { ...builtIn, version: 1 };

/** Files that keep the rules: patterns that grant nothing and inclusions of the other type are left out. */
const validFile = fc
  .record({
    services: fc.uniqueArray(service, { selector: ({ name }) => name }),
    sets: fc.array(
      fc.record({
        scope_type: fc.constantFrom('projects', 'organization'),
        patterns: fc.array(pattern, { maxLength: 6 }),
        before: fc.array(fc.nat(), { maxLength: 3 }),
        included: fc.subarray(['AllProductsFullAccess', 'SSHKeysReadOnly', 'IAMManager', 'IAMDecisionPoint']),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ services, sets }): File => {
    const file = { version: 1 as const, services, permission_sets: [] as File['permission_sets'][number][] };
    const typeOf = (name: string) =>
      [...builtInFile.permission_sets, ...file.permission_sets].find((set) => set.name === name)?.scope_type;
    for (const [at, set] of sets.entries()) {
      const names = at === 0 ? [] : set.before.map((number) => `Own${number % at}`);
      file.permission_sets.push({
        name: `Own${at}`,
        scope_type: set.scope_type,
        includes: [...names, ...set.included].filter((name) => typeOf(name) === set.scope_type),
        permissions: set.patterns.filter((each) => expandNaively([builtInFile, file], each, set.scope_type).length > 0),
      });
    }
    // Sets may be included before they are defined.
    return { ...file, permission_sets: file.permission_sets.toReversed() };
  });
const written = fc.constantFrom(
  (file: File) => JSON.stringify(file),
  (file: File) => JSON.stringify(file, null, 2),
  (file: File) => stringify(file),
  (file: File) => stringify(file, { defaultStringType: 'QUOTE_DOUBLE', collectionStyle: 'flow' }),
);

test('whatever valid file there is, every pattern and every set holds what a naive expansion says', () => {
  let held = 0;
  fc.assert(
    fc.property(validFile, written, (file, write) => {
      const definitions = joinDefinitions(builtInDefinitions(), readCatalogue(write(file), 'FILE'));
      const files = [builtInFile, file];
      const index = indexPermissions(definitions.services);
      for (const set of file.permission_sets)
        for (const each of set.permissions) {
          const naive = expandNaively(files, each, set.scope_type);
          expect(expandPattern(index, each, set.scope_type as 'projects').map(({ name }) => name)).toEqual(naive);
        }

      const { catalogue } = reconcile(definitions, [], 1);
      const engine = createCatalogue(toCatalogueData(catalogue));
      for (const { id, name } of catalogue.permissionSets) {
        const names = [...(engine.permissionSets.get(id)?.permissions ?? [])].map((permission) => permission.name);
        expect([name, ...names.toSorted()]).toEqual([name, ...[...holdsNaively(files, name)].toSorted()]);
        if (name.startsWith('Own')) held += names.length;
      }
    }),
    { numRuns: 150 },
  );
  expect(held).toBeGreaterThan(1000);
});
