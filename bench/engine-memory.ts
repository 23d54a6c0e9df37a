import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createOrganization, decide } from '../packages/authz/src/index.ts';
import type { Measurement } from './measurement.ts';
import { createFloor } from './support/floor-index.ts';
import { figures } from './support/table.ts';
import { createWorkload, workloadCatalogue } from './support/workload.ts';

const grants = 100_000;

/** Grants are rules that reach a user. The facts themselves are held by the one who asks, and are in no figure. */
export const engineMemory: Measurement = {
  name: 'engine-memory',
  title: `what ${grants.toLocaleString('en')} rules of as many users hold of the heap, beside a nested Map`,
  measure: async (bench) => {
    const { facts, questions } = createWorkload({ size: grants });
    const everybody = facts.users.map(({ id }, index) => ({
      ...questions[index % questions.length]!,
      principalId: id,
    }));
    const measured = {
      'nested Map': [] as number[],
      'createOrganization()': [] as number[],
      'the same after a question about every user': [] as number[],
    };
    const holding: unknown[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      bench.progress(`round ${round + 1} of ${bench.rounds}`);
      const start = heapInUse();
      holding.push(createFloor(facts, workloadCatalogue));
      measured['nested Map'].push(heapInUse() - start);
      holding.length = 0;
      const again = heapInUse();
      const organization = createOrganization(facts, workloadCatalogue);
      holding.push(organization);
      measured['createOrganization()'].push(heapInUse() - again);
      for (const question of everybody) decide(organization, question);
      measured['the same after a question about every user'].push(heapInUse() - again);
      holding.length = 0;
    }
    const megabytes = (bytes: readonly number[]) => figures(bytes.map((each) => each / 1e6));
    const perGrant = (bytes: readonly number[]) => figures(bytes.map((each) => each / grants));
    return [
      {
        head: ['', 'MB', 'bytes for each rule'],
        rows: Object.entries(measured).map(([name, bytes]) => [name, megabytes(bytes), perGrant(bytes)]),
      },
    ];
  },
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
