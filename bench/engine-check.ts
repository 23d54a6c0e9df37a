import { createOrganization, decide } from '../packages/authz/src/index.ts';
import type { Bench, Measurement } from './measurement.ts';
import { compareCalls } from './support/compare-calls.ts';
import { createFloor } from './support/floor-index.ts';
import type { Table } from './support/table.ts';
import { createWorkload, workloadCatalogue } from './support/workload.ts';

const sizes = [10, 1_000, 100_000];
/** Questions that come again and fit into the caches of the processor, and so many that hardly any is near. */
const mixes = [
  { mix: 'busy', different: 200 },
  { mix: 'spread', different: 20_000 },
] as const;

export const engineCheck: Measurement = {
  name: 'engine-check',
  title: 'one decision in process, half of them refusals, beside a nested Map of all that is allowed',
  measure: async (bench) => sizes.flatMap((size) => mixes.map((mix) => compare(size, mix, bench))),
};

function compare(size: number, { mix, different }: (typeof mixes)[number], bench: Bench): Table {
  bench.progress(`making ${size} rules`);
  const { facts, questions } = createWorkload({ size, questions: different });
  const organization = createOrganization(facts, workloadCatalogue);
  const floor = createFloor(facts, workloadCatalogue);
  for (const question of questions) {
    if (decide(organization, question).allowed !== floor(question)) throw new Error('the floor answers otherwise');
  }
  const at = (index: number) => questions[index % questions.length]!;
  const title = `${size.toLocaleString('en')} rules and users, ${different.toLocaleString('en')} questions (${mix})`;
  return compareCalls(
    title,
    [
      { name: 'nested Map', call: (index) => floor(at(index)) },
      { name: 'decide()', call: (index) => decide(organization, at(index)) },
    ],
    bench,
  );
}
