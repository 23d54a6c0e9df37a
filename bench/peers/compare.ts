import type { Bench } from '../measurement.ts';
import { type Asked as Answered, askMany, residentMegabytes } from '../support/asking.ts';
import type { Contender, RunningContender } from './contender.ts';
import { type Asked, batchSize, type Question } from './organization.ts';

/** A way in which all are asked. */
export interface Load {
  readonly title: string;
  readonly clients: number;
  readonly kind: 'single' | 'batch';
  readonly questions: readonly (readonly Question[])[];
}

/** One question in a call by few and by many clients, and many questions in a call. */
export function createLoads({ single, batches }: Asked): readonly Load[] {
  const questions = single.map((question) => [question]);
  return [
    ...[1, 16, 64].map((clients): Load => {
      const title = clients === 1 ? '1 connection' : `${clients} connections`;
      return { title, clients, kind: 'single', questions };
    }),
    // Some need a second for as many checks as 4 connections bring: more would not be answered before the end.
    { title: `4 connections, ${batchSize} in a call`, clients: 4, kind: 'batch', questions: batches },
  ];
}

/** Checks in a call of a load. */
export const checksIn = ({ kind }: Load): number => (kind === 'batch' ? batchSize : 1);

/** What was measured of one, a value for each round. */
export interface Compared {
  readonly contender: Contender;
  readonly server: RunningContender;
  readonly ofLoads: ReadonlyMap<Load, readonly Answered[]>;
  readonly megabytes: readonly number[];
}

/**
 * All servers are up all the time, and take turns under each load.
 *
 * @param failed called with one that fails under load; it is asked no more, and left out
 */
export async function compare(
  running: readonly { readonly contender: Contender; readonly server: RunningContender }[],
  loads: readonly Load[],
  bench: Bench,
  failed: (contender: Contender, failure: unknown) => void,
): Promise<readonly Compared[]> {
  const out = new Set<Contender>();
  const compared = running.map((each) => ({
    ...each,
    ofLoads: new Map(loads.map((load): [Load, Answered[]] => [load, []])),
    megabytes: [] as number[],
  }));
  const bodies = loads.map((load) =>
    running.map(({ server }) => load.questions.map((questions) => JSON.stringify(server[load.kind].body(questions)))),
  );
  for (let round = 0; round <= bench.rounds; round += 1) {
    for (const [index, load] of loads.entries()) {
      for (const [place, { contender, server, ofLoads }] of compared.entries()) {
        if (out.has(contender)) continue;
        bench.progress(`${contender.name}, ${load.title}, round ${round} of ${bench.rounds}`);
        const { url, headers } = server[load.kind];
        const asking = { url, headers, clients: load.clients, seconds: bench.secondsOfLoad };
        try {
          const answered = await askMany({ ...asking, bodies: bodies[index]?.[place] ?? [] }, server.pid);
          // The first round warms up.
          if (round > 0) ofLoads.get(load)?.push(answered);
        } catch (failure) {
          out.add(contender);
          failed(contender, failure);
        }
      }
    }
    for (const { contender, server, megabytes } of compared) {
      if (round > 0 && !out.has(contender)) megabytes.push(residentMegabytes(server.pid));
    }
  }
  return compared.filter(({ contender }) => !out.has(contender));
}
