import { atOnce, createOrganization, decide, explain, whoCan } from '../packages/authz/src/index.ts';
import type { Measurement } from './measurement.ts';
import { compareCalls } from './support/compare-calls.ts';
import { createWorkload, workloadCatalogue } from './support/workload.ts';

const sizes = [1_000, 100_000];
const different = 500;

export const engineExplain: Measurement = {
  name: 'engine-explain',
  title: 'reasons with the smallest changes, and a search over everybody, beside the bare decision',
  measure: async (bench) =>
    sizes.map((size) => {
      const { facts, questions } = createWorkload({ size, questions: different });
      const organization = createOrganization(facts, workloadCatalogue);
      const at = (index: number) => questions[index % different]!;
      const allowed = questions.filter((question) => decide(organization, question).allowed);
      const refused = questions.filter((question) => !decide(organization, question).allowed);
      const explained = (from: typeof questions) => (index: number) =>
        explain(organization, from[index % from.length]!);
      return compareCalls(
        `${size.toLocaleString('en')} rules and users`,
        [
          { name: 'decide()', call: (index) => decide(organization, at(index)) },
          { name: 'explain() of what is allowed', calls: 5_000, call: explained(allowed) },
          { name: 'explain() of what is refused', calls: size > 1_000 ? 20 : 500, call: explained(refused) },
          {
            name: 'whoCan()',
            calls: size > 1_000 ? 10 : 500,
            call: (index) => atOnce(whoCan(organization, at(index))),
          },
        ],
        bench,
      );
    }),
};
