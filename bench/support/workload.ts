import {
  type CatalogueData,
  createCatalogue,
  type GroupFact,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
  type UserFact,
} from '../../packages/authz/src/index.ts';

/** An organization of some size and questions about it, the same in every run. */
export interface Workload {
  readonly facts: OrganizationFacts;
  /** Half of them are to be allowed, in no order that can be guessed. */
  readonly questions: readonly Question[];
}

export interface WorkloadShape {
  /** Users, and rules. */
  readonly size: number;
  readonly questions?: number;
  /** Of every rule; none when left out. */
  readonly condition?: string;
}

/** Of the questions: a Monday morning, from an address that conditions can name. */
export const now = Date.parse('2026-03-02T08:30:00Z') * 1000;
const request = { ip: '192.0.2.77', userAgent: 'scw/2.40 (linux; amd64)' };
const resource = { id: 'b3a1b1a4-6b0e-4c1f-9a55-5d7a1d0c1e77', name: '/folder/sub/secret', locality: 'fr-par-1' };

const services = 20;
const resources = 5;
const actions = ['list', 'read', 'write', 'delete'] as const;
const projects = 50;
/** Users of one group. */
const groupSize = 10;

const serviceName = (index: number) => `service${Math.floor(index / resources)}`;
const resourceName = (index: number) => `resource${index % resources}`;
const permissionName = (kind: number, action: number) =>
  `${serviceName(kind)}:${resourceName(kind)}:${actions[action]}`;
const kinds = services * resources;
/** A kind of resource has two permission sets: half of its permissions, and all of them. */
const setId = (kind: number, full: boolean) => id('5e7', 2 * kind + (full ? 1 : 0));

/** 400 permissions on projects in 200 permission sets. */
export const workloadCatalogue = createCatalogue(catalogueData());

function catalogueData(): CatalogueData {
  return {
    services: Array.from({ length: services }, (_, service) => ({
      name: `service${service}`,
      resources: Array.from({ length: resources }, (_, resource) => ({
        name: `resource${resource}`,
        scope: 'project' as const,
        actions: actions.map((name) => ({ name, privileged: false })),
      })),
    })),
    permissionSets: Array.from({ length: kinds }, (_, kind) => kind).flatMap((kind) =>
      [false, true].map((full) => ({
        id: setId(kind, full),
        name: `${serviceName(kind)}-${resourceName(kind)}-${full ? 'full' : 'read'}`,
        scope_type: 'projects' as const,
        includes: [],
        permissions: (full ? [0, 1, 2, 3] : [0, 1]).map((action) => permissionName(kind, action)),
      })),
    ),
  };
}

/**
 * Every tenth rule is of a group of ten users and the others of one user each, one rule in a policy, each in a project
 * of its own choice. Ids look as they do in life: 36 characters.
 */
export function createWorkload({ size, questions = 20_000, condition = '' }: WorkloadShape): Workload {
  const random = createRandom(20_261_125);
  const users: UserFact[] = [];
  const groups: GroupFact[] = [];
  const policies: PolicyFact[] = [];
  const granted: { readonly kind: number; readonly full: boolean; readonly project: number }[] = [];
  for (let index = 0; index < size; index += 1) {
    users.push({ id: userId(index), owner: false, locked: false });
    if (index % groupSize === 0) {
      const members = Array.from({ length: Math.min(groupSize, size - index) }, (_, more) => userId(index + more));
      groups.push({ id: id('960', index), kind: 'ordinary', userIds: members, applicationIds: [] });
    }
    const rule = { kind: random(kinds), full: random(2) === 0, project: random(projects) };
    granted.push(rule);
    policies.push({
      id: id('901', index),
      name: `policy ${index}`,
      principalId: index % groupSize === 0 ? id('960', index) : userId(index),
      rules: [
        {
          id: id('411', index),
          permissionSetIds: [setId(rule.kind, rule.full)],
          scope: { kind: 'projects', projectIds: [projectId(rule.project)] },
          condition,
        },
      ],
    });
  }
  const asked = Array.from({ length: questions }, (): Question => {
    const user = random(size);
    const { kind, full, project } = granted[user]!;
    const allow = random(2) === 0;
    // A refusal is a near miss: the right permission in another project, or another permission in the right one.
    const place = allow || random(2) === 0;
    const otherProject = (project + 1 + random(projects - 1)) % projects;
    const otherKind = (kind + 1 + random(kinds - 1)) % kinds;
    return {
      principalId: userId(user),
      permission: permissionName(allow || !place ? kind : otherKind, random(full ? 4 : 2)),
      scope: { kind: 'project', projectId: projectId(place ? project : otherProject) },
      now,
      request,
      resource,
    };
  });
  const facts: OrganizationFacts = {
    id: projectId(0),
    projects: Array.from({ length: projects }, (_, index) => projectId(index)),
    users,
    applications: [],
    groups,
    policies,
  };
  // Questions come over the wire: their texts are not the very ones that the facts hold.
  return { facts, questions: JSON.parse(JSON.stringify(asked)) };
}

export const userId = (index: number) => id('05e', index);
export const groupId = (index: number) => id('960', index * groupSize);
export const projectId = (index: number) => id('b70', index);

/** A UUID that tells what it is for and which. Its digits are spread, as those of real ones are. */
function id(what: string, index: number): string {
  const spread = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return `${spread}-${what}0-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Whole numbers below a limit, the same ones in every run (mulberry32). */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
