import {
  createOrganization,
  decide,
  type OrganizationFacts,
  type PolicyFact,
  type Question,
} from '../packages/authz/src/index.ts';
import type { Measurement } from './measurement.ts';
import { compareCalls } from './support/compare-calls.ts';
import { createCasbin, createCasl, createCedar, type Peer } from './support/peers.ts';
import type { Table } from './support/table.ts';
import { createRandom, createWorkload, now, userId, workloadCatalogue } from './support/workload.ts';

const different = 200;

export const peers: Measurement = {
  name: 'peers',
  title: 'the same rules and questions to other libraries; all answers are compared first',
  measure: async (bench) => {
    const compare = (
      title: string,
      facts: OrganizationFacts,
      questions: readonly Question[],
      peer: Peer,
      calls: number,
    ): Table => {
      const organization = createOrganization(facts, workloadCatalogue);
      for (const [index, question] of questions.slice(0, different).entries()) {
        if (decide(organization, question).allowed !== peer(question, index))
          throw new Error(`${title} answers otherwise`);
      }
      const at = (index: number) => questions[index % different]!;
      return compareCalls(
        title,
        [
          { name: 'decide()', call: (index) => decide(organization, at(index)) },
          { name: title, calls, call: (index) => peer(at(index), index % different) },
          { name: 'the loop alone', call: at },
        ],
        bench,
      );
    };

    bench.progress('Cedar: parsing policies');
    const cedar = createWorkload({ size: 1_000, questions: different });
    const ofCedar = createCedar(cedar.facts, workloadCatalogue);
    bench.progress('casbin: adding policies');
    const casbin = createWorkload({ size: 3_000, questions: different });
    const ofCasbin = await createCasbin(casbin.facts, workloadCatalogue);
    const spread = ofOneUser(createWorkload({ size: 300, questions: different }));
    const dense = denseRules();
    return [
      compare('cedar-wasm, 1,000 policies', cedar.facts, cedar.questions, ofCedar, 200),
      compare(`casbin, ${ofCasbin.lines.toLocaleString('en')} policies`, casbin.facts, casbin.questions, ofCasbin, 40),
      ...[
        { title: 'CASL, 300 rules on 100 kinds', ...spread },
        { title: 'CASL, 300 rules on 10 kinds in 30 projects', ...dense },
      ].map(({ title, facts, questions }) =>
        compare(title, facts, questions, createCasl(facts, workloadCatalogue, questions), 50_000),
      ),
    ];
  },
};

/** All rules belong to one user, who asks everything. */
function ofOneUser({
  facts,
  questions,
}: {
  readonly facts: OrganizationFacts;
  readonly questions: readonly Question[];
}) {
  const user = userId(1);
  return {
    facts: { ...facts, policies: facts.policies.map((policy) => ({ ...policy, principalId: user })) },
    questions: questions.map((question): Question => ({ ...question, principalId: user })),
  };
}

/** One user with the same ten permission sets in 30 of the 50 projects, as somebody who looks after them has. */
function denseRules() {
  const { facts } = createWorkload({ size: 1, questions: 0 });
  const sets = [...workloadCatalogue.permissionSets.values()].slice(0, 20).filter((_, index) => index % 2 === 1);
  const policy: PolicyFact = {
    id: 'dense',
    name: 'dense',
    principalId: userId(1),
    rules: sets.flatMap((set, kind) =>
      facts.projects.slice(0, 30).map((project, index) => ({
        id: `${kind}-${index}`,
        permissionSetIds: [set.id],
        scope: { kind: 'projects' as const, projectIds: [project] },
        condition: '',
      })),
    ),
  };
  const random = createRandom(20_261_125);
  const questions = Array.from({ length: different }, (): Question => {
    const granted = [...sets[random(sets.length)]!.permissions];
    return {
      principalId: userId(1),
      permission: granted[random(granted.length)]!.name,
      scope: { kind: 'project', projectId: facts.projects[random(facts.projects.length)]! },
      now,
    };
  });
  const users = [{ id: userId(1), owner: false, locked: false }];
  return { facts: { ...facts, users, groups: [], policies: [policy] }, questions };
}
