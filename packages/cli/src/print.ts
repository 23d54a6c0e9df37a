import { renderForPeople, renderForPrograms, type View } from './output/render.ts';
import type { Result } from './output/result.ts';
import type { Session } from './run.ts';

export interface Printer {
  /** People see each result when it is there. */
  one(result: Result): Promise<void>;
  /** Programs get one document. */
  all(results: readonly Result[]): Promise<void>;
}

/** @param areSeveral whether the command runs for several bare words: programs get a list of results then */
export function createPrinter({ io, program, format, painter }: Session, areSeveral: boolean): Printer {
  const { stdout } = io;
  if (format.kind !== 'human') {
    return {
      one: async () => {},
      all: async (results) => {
        if (results.length > 0) stdout.write(await renderForPrograms(results, areSeveral, format));
      },
    };
  }
  const view: View = { types: program.types, painter, width: stdout.isTerminal ? stdout.columns : null, now: io.now() };
  return {
    one: async (result) => stdout.write(await renderForPeople(result, format, view, areSeveral)),
    all: async () => {},
  };
}
