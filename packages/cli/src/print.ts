import { renderForPeople, renderForPrograms, type View } from './output/render.ts';
import type { Result } from './output/result.ts';
import { visible } from './output/visible.ts';
import type { Session } from './run.ts';

export interface Printer {
  /** People see each result when it is there. */
  one(result: Result): Promise<void>;
  /** Programs get one document. */
  all(results: readonly Result[]): Promise<void>;
}

/** @param areSeveral whether the command runs for several bare words: programs get a list of results then */
export function createPrinter({ io, program, format, painter, isColoured }: Session, areSeveral: boolean): Printer {
  const { stdout, stderr } = io;
  // What other programs read is left as it is; a terminal would obey it.
  const write = (text: string) => stdout.write(stdout.isTerminal ? visible(text) : text);
  if (format.kind !== 'human') {
    return {
      one: async () => {},
      all: async (results) => {
        if (results.length > 0) write(await renderForPrograms(results, areSeveral, format, program.types));
      },
    };
  }
  // Where there is no colour nothing is cut: the terminal may be one that is read to the end of its lines.
  const width = isColoured ? stderr.columns : null;
  const view: View = { types: program.types, painter, width, now: io.now() };
  return {
    one: async (result) => {
      const text = await renderForPeople(result, format, view, areSeveral);
      // All else that people see is made of lines that hold no commands but our colours.
      if (result.shape === 'text') write(text);
      else stdout.write(text);
    },
    all: async () => {},
  };
}
