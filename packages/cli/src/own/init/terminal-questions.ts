import { Writable } from 'node:stream';
import { Interrupted, type Output, type Terminal } from '../../terminal.ts';
import type { Questions } from './questions.ts';

/** Questions on a terminal; a wrong answer is explained below it and can be mended. */
export async function createTerminalQuestions({ stdin, stderr }: Terminal): Promise<Questions> {
  const { confirm, password, select, text } = await import('@clack/prompts');
  const streams = { input: stdin, output: writable(stderr), signal: endOf(stdin) };
  return {
    isTerminal: true,
    text: async ({ message, initial, isSecret = false, check }) => {
      const validate = (answer = '') => check(answer.trim()) ?? undefined;
      const answer = isSecret
        ? await password({ ...streams, message, validate, clearOnError: true })
        : await text({ ...streams, message, validate, ...(initial && { initialValue: initial }) });
      return answered(answer).trim();
    },
    yesOrNo: async (message, fallback) => answered(await confirm({ ...streams, message, initialValue: fallback })),
    choose: async (message, choices, initial) =>
      answered(
        await select({ ...streams, message, options: choices.map((choice) => ({ ...choice })), initialValue: initial }),
      ),
  };
}

/** Told when there will be no more answers: at the end of input, and at Ctrl-D, which the library waits after for ever. */
function endOf(stdin: Terminal['stdin']): AbortSignal {
  const ended = new AbortController();
  stdin.once('end', () => ended.abort());
  stdin.on('keypress', (_text: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }) => {
    if (key?.ctrl && key.name === 'd') ended.abort();
  });
  return ended.signal;
}

/** The library answers with a symbol when somebody has had enough. */
function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (isAnswer(answer)) return answer;
  throw new Interrupted('interrupted');
}

function isAnswer<Answer>(answer: Answer): answer is Exclude<Answer, symbol> {
  return typeof answer !== 'symbol';
}

/** Where the library writes, and how wide that is. */
function writable(output: Output): Writable {
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      output.write(String(chunk));
      done();
    },
  });
  // Some terminals call themselves 0 columns wide.
  return Object.assign(stream, { columns: output.columns || 80 });
}
