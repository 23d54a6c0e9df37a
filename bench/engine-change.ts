import {
  applyChange,
  createOrganization,
  decide,
  type Organization,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
} from '../packages/authz/src/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import { figures } from './support/table.ts';
import { createWorkload, userId, workloadCatalogue } from './support/workload.ts';

const size = 100_000;
const groupMembers = 1_000;
/** Changes of one round; their middle counts. */
const changesOfRound = 20;

/** Everything was asked for before, so that as much as possible has to be worked out anew. */
export const engineChange: Measurement = {
  name: 'engine-change',
  title: `a policy of one rule changes among ${size.toLocaleString('en')} users, until it is in force and at the next decision`,
  measure: async (bench) => {
    bench.progress('making the organization');
    const { facts, questions } = createWorkload({ size });
    const organization = createOrganization(withGroups(facts), workloadCatalogue);
    const warm = [
      ...questions,
      ...facts.users.map(({ id }, index) => ({ ...questions[index % questions.length]!, principalId: id })),
    ];
    const targets = [
      { name: 'of one user', principalId: userId(7) },
      { name: `of a group of ${groupMembers.toLocaleString('en')}`, principalId: 'many' },
      { name: 'of all users', principalId: 'everybody' },
    ];
    const rows: string[][] = [];
    for (const { name, principalId } of targets) {
      const measured = { change: [] as number[], next: [] as number[], others: [] as number[] };
      for (let round = 0; round <= bench.rounds; round += 1) {
        bench.progress(`${name}, round ${round} of ${bench.rounds}`);
        for (const question of warm) decide(organization, question);
        const result = change(organization, principalId, questions, bench, round);
        // The first round warms up.
        if (round === 0) continue;
        measured.change.push(result.change);
        measured.next.push(result.next);
        measured.others.push(result.others);
      }
      rows.push([name, figures(measured.change), figures(measured.next), figures(measured.others)]);
    }
    return [
      {
        head: ['policy', 'change, µs', 'next decision of one it is of, µs', 'decisions after, µs each'],
        rows,
        note: 'Decisions after: one of each of 1,000 users, of whom the change may have voided what was worked out.',
      },
    ];
  },
};

/** A group of many, and that of all users, beside those of ten. */
function withGroups(facts: OrganizationFacts): OrganizationFacts {
  const userIds = facts.users.slice(0, groupMembers).map(({ id }) => id);
  const more = [
    { id: 'many', kind: 'ordinary', userIds, applicationIds: [] },
    { id: 'everybody', kind: 'all_users', userIds: [], applicationIds: [] },
  ] as const;
  return { ...facts, groups: [...facts.groups, ...more] };
}

function change(
  organization: Organization,
  principalId: string,
  questions: readonly Question[],
  bench: Bench,
  round: number,
): { readonly change: number; readonly next: number; readonly others: number } {
  const sets = [...workloadCatalogue.permissionSets.keys()];
  const question: Question = { ...questions[0]!, principalId: userId(7) };
  const times = { change: [] as number[], next: [] as number[], others: [] as number[] };
  for (let count = 0; count < changesOfRound; count += 1) {
    const rule = {
      id: 'changing-rule',
      permissionSetIds: [sets[(count + round * changesOfRound) % sets.length]!],
      scope: { kind: 'organization' },
      condition: '',
    } as const;
    const fact: PolicyFact = { id: 'changing', name: 'changing', principalId, rules: [rule] };
    times.change.push(microseconds(() => applyChange(organization, { kind: 'policy', id: 'changing', fact })));
    times.next.push(microseconds(() => decide(organization, question)));
    const others = microseconds(() => {
      for (let user = 0; user < 1_000; user += 1) decide(organization, { ...question, principalId: userId(user) });
    });
    times.others.push(others / 1_000);
  }
  bench.progress(`${changesOfRound} changes`);
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[changesOfRound / 2]!;
  return { change: middle(times.change), next: middle(times.next), others: middle(times.others) };
}

function microseconds(work: () => unknown): number {
  const before = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - before) / 1000;
}
