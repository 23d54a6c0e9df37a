import { createOrganization, decide } from '../packages/authz/src/index.ts';
import type { Measurement } from './measurement.ts';
import { compareCalls } from './support/compare-calls.ts';
import { createWorkload, workloadCatalogue } from './support/workload.ts';

const size = 1_000;
const different = 500;

const conditions: readonly (readonly [string, string])[] = [
  ['no condition', ''],
  ['an address range', 'request.ip.inIpRange("192.0.2.0/24")'],
  [
    'office hours in a time zone',
    'request.time.getDayOfWeek("Europe/Paris") in [1, 2, 3, 4, 5] && ' +
      'request.time.getHours("Europe/Paris") >= 8 && request.time.getHours("Europe/Paris") < 17',
  ],
  ['the beginning of a name', 'resource.name.startsWith("/folder/")'],
  ['a pattern, by the CEL library', 'resource.name.matches("^/folder/[a-z]+/secret$")'],
];

/** Every rule carries the condition, and it is true, so that every question which would be allowed evaluates it. */
export const engineCondition: Measurement = {
  name: 'engine-condition',
  title: 'one decision under rules with a condition, which is evaluated for each',
  measure: async (bench) => {
    const contenders = conditions.map(([name, condition]) => {
      const { facts, questions } = createWorkload({ size, questions: different, condition });
      const organization = createOrganization(facts, workloadCatalogue);
      const allowed = questions.filter((question) => decide(organization, question).allowed);
      if (allowed.length < different / 3) throw new Error(`${name}: hardly anything is allowed`);
      const calls = condition.includes('matches') ? 20_000 : 200_000;
      return { name, calls, call: (index: number) => decide(organization, allowed[index % allowed.length]!) };
    });
    return [compareCalls(`${size.toLocaleString('en')} rules, all allowed`, contenders, bench)];
  },
};
