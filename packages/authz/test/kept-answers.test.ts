import { describe, expect, it } from 'vitest';
import {
  applyChange,
  createCatalogue,
  createOrganization,
  decide,
  dependsOnConditions,
  type Organization,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
  type RuleFact,
  type RuleScope,
} from '../src/index.ts';
import { grantsTo } from '../src/organization.ts';
import { catalogueData } from './support/world.ts';

const catalogue = createCatalogue(catalogueData);
const names = [...catalogue.permissions.keys()];
const organizationScope = { kind: 'organization', organizationId: 'o' } as const;
const inProject = (projectId: string) => ({ kind: 'project', projectId }) as const;
const ask = (permission: string, scope: Question['scope'], principalId = 'ada'): Question => ({
  principalId,
  permission,
  scope,
  now: 0,
});

const rule = (permissionSetIds: readonly string[], scope: RuleScope, condition = ''): RuleFact => ({
  id: `r-${permissionSetIds.join()}-${JSON.stringify(scope)}`,
  permissionSetIds,
  scope,
  condition,
});
const policy = (principalId: string, ...rules: readonly RuleFact[]): PolicyFact => ({
  id: `policy of ${principalId}`,
  name: 'policy',
  principalId,
  rules,
});
const facts = (projects: readonly string[], ...policies: readonly PolicyFact[]): OrganizationFacts => ({
  id: 'o',
  projects,
  users: [
    { id: 'ada', owner: false, locked: false },
    { id: 'owner', owner: true, locked: false },
    { id: 'locked', owner: false, locked: true },
  ],
  applications: [],
  groups: [],
  policies,
});
const kept = (organization: Organization) => grantsTo(organization, organization.principals.get('ada')!).answers;

describe('an answer that is kept', () => {
  it('is of one permission in one project, however many there are of both', () => {
    const projects = Array.from({ length: 3 * names.length }, (_, index) => `p${index}`);
    const odd = projects.filter((_, index) => index % 2 === 1);
    const organization = createOrganization(
      facts(projects, policy('ada', rule(['s1'], { kind: 'projects', projectIds: odd }))),
      catalogue,
    );
    const held = new Set(['wiki:page:list', 'wiki:page:read']);
    for (const time of ['first', 'again']) {
      for (const name of names) {
        expect(decide(organization, ask(name, organizationScope)).allowed, `${name} ${time}`).toBe(false);
        for (const [index, project] of projects.entries()) {
          const { allowed } = decide(organization, ask(name, inProject(project)));
          expect(allowed, `${name} in ${project} ${time}`).toBe(held.has(name) && index % 2 === 1);
        }
      }
    }
  });

  it('is true, false, or the conditions to look at, each once', () => {
    const organization = createOrganization(
      facts(
        ['p', 'q'],
        policy(
          'ada',
          rule(['s1'], { kind: 'projects', projectIds: ['p'] }),
          rule(['s2'], { kind: 'projects', projectIds: ['q'] }, 'request.ip == "192.0.2.1"'),
          rule(['s3'], { kind: 'projects', projectIds: ['q'] }, 'request.ip == "192.0.2.1"'),
          rule(['s3'], { kind: 'projects', projectIds: ['p'] }, 'request.ip == "192.0.2.2"'),
        ),
      ),
      catalogue,
    );
    const keyed = (scope: Question['scope'], permission = 'wiki:page:read') => {
      const before = new Set(kept(organization).keys());
      decide(organization, ask(permission, scope));
      const [key] = [...kept(organization).keys()].filter((each) => !before.has(each));
      return kept(organization).get(key!);
    };
    expect(keyed(inProject('p'))).toBe(true);
    expect(keyed(inProject('q'))).toMatchObject([{ text: 'request.ip == "192.0.2.1"' }]);
    expect(keyed(organizationScope)).toBe(false);
    expect(kept(organization).size).toBe(3);
    decide(organization, ask('wiki:page:read', inProject('q')));
    expect(kept(organization).size).toBe(3);
  });

  it('is one of 50,000: then all are worked out anew', () => {
    const projects = Array.from({ length: 10_010 }, (_, index) => `p${index}`);
    const organization = createOrganization(
      facts(projects, policy('ada', rule(['s1'], { kind: 'projects', projectIds: ['p0'] }))),
      catalogue,
    );
    let most = 0;
    const asked = ['wiki:page:list', 'wiki:page:read', 'shop:order:read', 'wiki:page:access', 'shop:order:cancel'];
    for (const name of asked) {
      for (const project of projects) {
        decide(organization, ask(name, inProject(project)));
        most = Math.max(most, kept(organization).size);
      }
    }
    expect(most).toBe(50_000);
    expect(kept(organization).size).toBe(50);
    expect(decide(organization, ask('wiki:page:read', inProject('p0'))).allowed).toBe(true);
  });

  it('is not kept under a number that takes an object of its own', () => {
    const last = 0x3fff_ffff;
    const size = catalogue.permissions.size;
    const organization = createOrganization(
      facts(['o'], policy('ada', rule(['s4'], { kind: 'organization' }))),
      catalogue,
    );
    organization.lastProject = Math.floor(last / size) - 1;
    applyChange(organization, { kind: 'project', id: 'late', exists: true });
    const atLast = names[last % size]!;
    expect(decide(organization, ask(atLast, inProject('late')))).toBeDefined();
    const number = organization.projects.get('late')!;
    const keys = () => [...kept(organization).keys()];
    const projectScoped = names.filter((name) => catalogue.permissions.get(name)?.scope === 'project');
    for (const name of projectScoped) decide(organization, ask(name, inProject('late')));
    const expected = projectScoped.map((name) => number * size + names.indexOf(name)).filter((key) => key <= last);
    // What one of them requires of the organization is kept beside them.
    const required = names.indexOf('wiki:settings:read');
    expect(new Set(keys())).toEqual(new Set([required, ...expected]));
    expect(expected.length).toBeLessThan(projectScoped.length);
    expect(Math.max(...expected)).toBe(last);
    expect(decide(organization, ask('shop:order:cancel', inProject('late'))).allowed).toBe(true);
  });
});

describe('whether conditions matter', () => {
  const conditional = rule(['s1'], { kind: 'organization' }, 'resource.id == "x"');
  const depends = (asked: Question, ...policies: readonly PolicyFact[]) =>
    dependsOnConditions(createOrganization(facts(['p'], ...policies), catalogue), asked);

  it('it does for a permission that is required, though not for the one asked for', () => {
    const settings = rule(['s5'], { kind: 'organization' }, 'request.ip == "192.0.2.1"');
    const publish = rule(['s2'], { kind: 'organization' });
    const asked = ask('wiki:page:publish', inProject('p'));
    expect(depends(asked, policy('ada', publish, settings))).toBe(true);
    expect(depends(asked, policy('ada', publish))).toBe(false);
  });

  it('it does not for whoever or whatever is unknown, elsewhere, locked or owner', () => {
    const read = ask('wiki:page:read', inProject('p'));
    const all = ['ada', 'owner', 'locked'].map((id) => policy(id, conditional));
    expect(depends(read, ...all)).toBe(true);
    expect(depends({ ...read, principalId: 'nobody' }, ...all)).toBe(false);
    expect(depends({ ...read, permission: 'wiki:page:burn' }, ...all)).toBe(false);
    expect(depends({ ...read, scope: inProject('foreign') }, ...all)).toBe(false);
    expect(depends({ ...read, principalId: 'owner' }, ...all)).toBe(false);
    expect(depends({ ...read, principalId: 'locked' }, ...all)).toBe(false);
    expect(depends({ ...read, expiresAt: 0 }, ...all)).toBe(false);
  });
});
