import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyChange,
  createCatalogue,
  createOrganization,
  decide,
  explain,
  type FactChange,
  type GroupFact,
  type Organization,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
  replaceCatalogue,
} from '../src/index.ts';
import { cellOf, grantsTo, sourcesOf } from '../src/organization.ts';
import { valuesOf } from '../src/several.ts';
import { runs } from './support/budget.ts';
import { catalogueData, change, changed, organization, question } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);

const group = (id: string, userIds: readonly string[], applicationIds: readonly string[] = []): GroupFact => ({
  id,
  kind: 'ordinary',
  userIds,
  applicationIds,
});
const special = (id: string, kind: 'all_users' | 'all_applications'): GroupFact => ({ ...group(id, []), kind });
const policy = (id: string, principalId: string | null, set = 's1'): PolicyFact => ({
  id,
  name: id,
  principalId,
  rules: [{ id: `${id}-r`, permissionSetIds: [set], scope: { kind: 'organization' }, condition: '' }],
});
const facts = (more: Partial<OrganizationFacts> = {}): OrganizationFacts => ({
  id: 'o',
  projects: ['o', 'p'],
  users: ['ada', 'bob'].map((id) => ({ id, owner: false, locked: false })),
  applications: [
    { id: 'ci', managed: false },
    { id: 'gateway', managed: true },
  ],
  groups: [],
  policies: [],
  ...more,
});
const read = (principalId: string): Question => ({
  principalId,
  permission: 'wiki:page:read',
  scope: { kind: 'project', projectId: 'p' },
  now: 0,
});
const may = (organization: Organization, principalId: string) => decide(organization, read(principalId)).allowed;
const grantsOf = (organization: Organization, id: string) => grantsTo(organization, organization.principals.get(id)!);
const put = (organization: Organization, fact: GroupFact | PolicyFact) =>
  applyChange(
    organization,
    'rules' in fact ? { kind: 'policy', id: fact.id, fact } : { kind: 'group', id: fact.id, fact },
  );

/** All that an organization holds, but for what is worked out again at any time. */
function held(organization: Organization) {
  const { id, projects, principals, groups, policies, groupsOf, policiesOf, special } = organization;
  return {
    ...{ id, groups, policies, special },
    groupsOf: new Map([...groupsOf.held.keys()].map((key) => [key, new Set(valuesOf(groupsOf, key))])),
    projects: new Set(projects.keys()),
    principals: new Map([...principals].map(([key, { grants: _, ...principal }]) => [key, principal])),
    policiesOf: new Map(
      [...policiesOf.held.keys()].map((key) => [key, new Set(valuesOf(policiesOf, key).map((each) => each.id))]),
    ),
  };
}

describe('what an organization holds', () => {
  it('is the facts, each kind in its place', () => {
    const made = createOrganization(
      facts({
        groups: [group('g', ['ada'], ['ci']), special('u', 'all_users'), special('a', 'all_applications')],
        policies: [policy('l', 'g'), policy('m', null)],
      }),
      catalogue,
    );
    expect(held(made)).toMatchObject({
      id: 'o',
      projects: new Set(['o', 'p']),
      special: { all_users: 'u', all_applications: 'a' },
      groupsOf: new Map([
        ['ada', new Set(['g'])],
        ['ci', new Set(['g'])],
      ]),
      policiesOf: new Map([['g', new Set(['l'])]]),
    });
    expect([...held(made).principals.values()]).toEqual([
      { id: 'ada', kind: 'user', owner: false, locked: false, managed: false },
      { id: 'bob', kind: 'user', owner: false, locked: false, managed: false },
      { id: 'ci', kind: 'application', owner: false, locked: false, managed: false },
      { id: 'gateway', kind: 'application', owner: false, locked: false, managed: true },
    ]);
    const [rule] = made.policies.get('l')!.rules;
    expect(rule).toEqual({
      fact: { id: 'l-r', permissionSetIds: ['s1'], scope: { kind: 'organization' }, condition: '' },
      permissionSets: [catalogue.permissionSets.get('s1')],
      organization: true,
      projects: new Set(),
      condition: null,
    });
  });

  it('after any changes is what it would hold if it were made anew, special groups that come and go included', () => {
    const everybody = fc
      .constantFrom(special('all-users', 'all_users'), special('all-applications', 'all_applications'))
      .chain((fact) => fc.boolean().map((is): FactChange => ({ kind: 'group', id: fact.id, fact: is ? fact : null })));
    const step = fc.oneof({ weight: 5, arbitrary: change }, { weight: 1, arbitrary: everybody });
    fc.assert(
      fc.property(
        organization,
        fc.array(step, { maxLength: 30 }),
        fc.array(question, { maxLength: 30 }),
        (born, changes, questions) => {
          let now = born;
          const engine = createOrganization(now, catalogue);
          for (const each of changes) {
            for (const asked of questions.slice(0, 5)) decide(engine, asked);
            applyChange(engine, each);
            now = changed(now, each);
          }
          const anew = createOrganization(now, catalogue);
          expect(held(engine)).toEqual(held(anew));
          for (const asked of questions) expect(explain(engine, asked)).toEqual(explain(anew, asked));
        },
      ),
      { numRuns: runs(500), seed: 20_261_124 },
    );
  });

  it('under another catalogue is what it would hold if it were made under that', () => {
    const other = createCatalogue({
      ...catalogueData,
      permissionSets: catalogueData.permissionSets.map((set) =>
        set.id === 's1' ? { ...set, permissions: ['wiki:page:access'] } : set,
      ),
    });
    const given = facts({ policies: [policy('l', 'ada'), policy('m', null)] });
    const engine = createOrganization(given, catalogue);
    expect(may(engine, 'ada')).toBe(true);
    replaceCatalogue(engine, other);
    expect(engine.catalogue).toBe(other);
    expect(may(engine, 'ada')).toBe(false);
    expect(decide(engine, { ...read('ada'), permission: 'wiki:page:access' }).allowed).toBe(true);
    const anew = createOrganization(given, other);
    expect(held(engine)).toEqual(held(anew));
    expect(explain(engine, read('ada'))).toEqual(explain(anew, read('ada')));
    applyChange(engine, { kind: 'policy', id: 'l', fact: null });
    expect(decide(engine, { ...read('ada'), permission: 'wiki:page:access' }).allowed).toBe(false);
  });

  it('a project keeps its number while it is there, and no other ever gets it', () => {
    const engine = createOrganization(facts(), catalogue);
    expect([...engine.projects]).toEqual([
      ['o', 1],
      ['p', 2],
    ]);
    applyChange(engine, { kind: 'project', id: 'p', exists: true });
    expect(engine.projects.get('p')).toBe(2);
    applyChange(engine, { kind: 'project', id: 'p', exists: false });
    applyChange(engine, { kind: 'project', id: 'p', exists: true });
    expect(engine.projects.get('p')).toBe(3);
  });
});

describe('what reaches a principal', () => {
  it('comes from itself where it has policies, from the special group of its kind and from its groups, in order', () => {
    const engine = createOrganization(
      facts({
        groups: [group('h', ['ada']), group('g', ['ada'], ['ci', 'gateway']), special('u', 'all_users')],
        policies: [policy('l', 'ada')],
      }),
      catalogue,
    );
    const sources = (id: string) => sourcesOf(engine, engine.principals.get(id)!);
    expect(sources('ada')).toEqual(['ada', 'u', 'g', 'h']);
    expect(sources('bob')).toEqual(['u']);
    expect(sources('ci')).toEqual(['g']);
    put(engine, special('a', 'all_applications'));
    expect(sources('ci')).toEqual(['a', 'g']);
    expect(sources('gateway')).toEqual(['g']);
  });

  it('is worked out once for all that have the same sources', () => {
    const engine = createOrganization(
      facts({ groups: [special('u', 'all_users')], policies: [policy('l', 'u')] }),
      catalogue,
    );
    const grants = grantsOf(engine, 'ada');
    expect(grantsOf(engine, 'bob')).toBe(grants);
    expect(grantsOf(engine, 'ada')).toBe(grants);
    expect(grants.dead).toBe(false);
    const permission = catalogue.permissions.get('wiki:page:read')!;
    expect(cellOf(grants, permission)).toBe(cellOf(grants, permission));
    // Most permissions are granted nowhere to most: they share that.
    const [order, access] = ['shop:order:read', 'wiki:page:access'].map((name) => catalogue.permissions.get(name)!);
    expect(cellOf(grants, order!)).toBe(cellOf(grants, access!));
  });

  it('stays when something changes that it does not come from', () => {
    const engine = createOrganization(
      facts({
        groups: [group('g', ['ada']), group('h', ['bob']), special('u', 'all_users')],
        policies: [policy('l', 'g')],
      }),
      catalogue,
    );
    const kept = grantsOf(engine, 'ada');
    const others = grantsOf(engine, 'bob');
    put(engine, policy('m', 'h'));
    put(engine, policy('n', 'bob'));
    put(engine, policy('z', null));
    put(engine, group('g', ['ada', 'bob']));
    put(engine, special('u', 'all_users'));
    applyChange(engine, { kind: 'project', id: 'q', exists: true });
    expect(engine.principals.get('ada')?.grants).toBe(kept);
    expect(grantsOf(engine, 'ada')).toBe(kept);
    expect(grantsOf(engine, 'bob')).not.toBe(others);
    expect(engine.epoch).toBe(1);
    put(engine, policy('l', 'g', 's2'));
    expect(kept.dead).toBe(true);
    expect(grantsOf(engine, 'ada')).not.toBe(kept);
    expect(valuesOf(engine.grantsOf, 'g')).toEqual([grantsOf(engine, 'ada')]);
  });

  it('is void at once for everybody when a special group comes or goes', () => {
    const engine = createOrganization(facts({ policies: [policy('l', 'u'), policy('m', 'a')] }), catalogue);
    const all = () => ['ada', 'ci', 'gateway'].map((id) => may(engine, id));
    expect(all()).toEqual([false, false, false]);
    put(engine, special('u', 'all_users'));
    expect(engine.grantsByKey.size + engine.grantsOf.held.size).toBe(0);
    expect(all()).toEqual([true, false, false]);
    put(engine, special('a', 'all_applications'));
    expect(all()).toEqual([true, true, false]);
    put(engine, group('u', []));
    expect(all()).toEqual([false, true, false]);
    expect(engine.special).toEqual({ all_users: null, all_applications: 'a' });
  });

  it('of a group that is gone does not come back with a group of the same id', () => {
    const engine = createOrganization(
      facts({ groups: [group('g', ['ada'])], policies: [policy('l', 'g')] }),
      catalogue,
    );
    expect(may(engine, 'ada')).toBe(true);
    applyChange(engine, { kind: 'group', id: 'g', fact: null });
    expect(may(engine, 'ada')).toBe(false);
    put(engine, group('g', ['ada']));
    expect(may(engine, 'ada')).toBe(false);
    expect(engine.policies.get('l')?.principalId).toBeNull();
  });

  it('is voided one by one for 1,000 who depend on a group, and all at once for more', () => {
    for (const dependents of [1_000, 1_001]) {
      const users = Array.from({ length: dependents }, (_, index) => `u${index}`);
      const engine = createOrganization(
        facts({
          users: [...users, 'ada'].map((id) => ({ id, owner: false, locked: false })),
          groups: [group('g', users)],
          // A policy of its own makes each of them a case of its own.
          policies: [policy('l', 'g'), ...users.map((id) => policy(`of ${id}`, id))],
        }),
        catalogue,
      );
      for (const id of users) expect(may(engine, id)).toBe(true);
      grantsOf(engine, 'ada');
      put(engine, policy('l', 'g', 's2'));
      expect(engine.epoch).toBe(dependents === 1_000 ? 0 : 1);
      expect(engine.grantsByKey.size).toBe(dependents === 1_000 ? 1 : 0);
      expect(valuesOf(engine.grantsOf, 'g')).toEqual([]);
    }
  });

  it('is thrown away altogether when there is far more of it than there are principals', () => {
    const engine = createOrganization(facts({ users: [{ id: 'ada', owner: false, locked: false }] }), catalogue);
    const limit = 2 * engine.principals.size + 1_000;
    let most = 0;
    for (let index = 0; index <= limit + 5; index += 1) {
      put(engine, group(`g${index}`, ['ada']));
      grantsOf(engine, 'ada');
      most = Math.max(most, engine.grantsByKey.size);
    }
    expect(most).toBe(limit + 1);
    expect(engine.epoch).toBe(1);
    expect(engine.grantsByKey.size).toBe(5);
  });
});
