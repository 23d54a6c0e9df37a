import { createOrganization, decide } from '../packages/authz/src/index.ts';
import type { Measurement } from './measurement.ts';
import { createFloor } from './support/floor-index.ts';
import { ratios } from './support/statistics.ts';
import { figures } from './support/table.ts';
import { createWorkload, workloadCatalogue } from './support/workload.ts';

const size = 100_000;

export const engineStart: Measurement = {
  name: 'engine-start',
  title: `from ${size.toLocaleString('en')} rules and users as facts to the first decision`,
  measure: async (bench) => {
    const { facts, questions } = createWorkload({ size });
    const [question] = questions;
    const contenders = [
      { name: 'nested Map', start: () => createFloor(facts, workloadCatalogue)(question!), times: [] as number[] },
      {
        name: 'createOrganization(), decide()',
        start: () => decide(createOrganization(facts, workloadCatalogue), question!),
        times: [] as number[],
      },
    ];
    for (let round = 0; round <= bench.rounds; round += 1) {
      for (const { name, start, times } of contenders) {
        bench.progress(`${name}, round ${round} of ${bench.rounds}`);
        const before = performance.now();
        start();
        // The first round warms up.
        if (round > 0) times.push(performance.now() - before);
      }
    }
    const [floor] = contenders;
    return [
      {
        head: ['', 'ms', 'times nested Map'],
        rows: contenders.map(({ name, times }) => [name, figures(times), figures(ratios(times, floor!.times))]),
      },
    ];
  },
};
