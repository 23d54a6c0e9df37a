import type { Interface } from 'node:readline';
import { Readable } from 'node:stream';
import { bareError } from '../../command-error.ts';
import type { Terminal } from '../../terminal.ts';
import type { Questions } from './questions.ts';

/** The lines of a stream, one after the other. */
export interface Lines {
  /** Null at the end. */
  next(): Promise<string | null>;
  close(): void;
}

/**
 * Nothing is read before the first line is wanted, and nothing from a terminal whose questions go elsewhere: it would
 * show what is typed.
 */
export function createLines(stdin: Terminal['stdin']): Lines {
  let reader: Interface | null = null;
  let lines: AsyncIterator<string> | null = null;
  return {
    next: async () => {
      if (stdin.isTTY) return null;
      if (lines === null) {
        const { createInterface } = await import('node:readline');
        reader = createInterface({ input: stdin });
        lines = reader[Symbol.asyncIterator]();
      }
      const { done, value } = await lines.next();
      return done ? null : value;
    },
    close: () => reader?.close(),
  };
}

/** The next line as a stream, for a question that somebody else asks. */
export function nextLineOf(lines: Lines): Readable {
  return Readable.from(
    (async function* () {
      const line = await lines.next();
      if (line !== null) yield `${line}\n`;
    })(),
  );
}

/** Each answer is a line. At the end of the lines what is offered is taken, or the run fails. */
export function createLineQuestions(lines: Lines, { stderr }: Terminal): Questions {
  const ask = async (read: (line: string) => string | null): Promise<void> => {
    for (;;) {
      const line = await lines.next();
      const problem = read((line ?? '').trim());
      if (problem === null) return;
      if (line === null) throw bareError(problem);
      stderr.write(`${problem}\n`);
    }
  };
  return {
    isTerminal: false,
    text: async ({ initial, check }) => {
      let answer = '';
      await ask((line) => {
        answer = line || (initial ?? '');
        return check(answer);
      });
      return answer;
    },
    yesOrNo: async (message, fallback) => {
      let answer = fallback;
      await ask((line) => {
        answer = line === '' ? fallback : /^y(?:es)?$/i.test(line);
        return /^(?:|y|yes|n|no)$/i.test(line) ? null : `${message} The answer is yes or no.`;
      });
      return answer;
    },
    choose: async (_message, _choices, initial) => initial,
  };
}
