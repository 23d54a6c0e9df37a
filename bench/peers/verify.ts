import type { Call, RunningContender } from './contender.ts';
import type { Asked, Question } from './organization.ts';
import { parts, send } from './program.ts';

/** Calls that are on their way at a time: no more than under load, where the slowest still answer in time. */
const atOnce = { single: 16, batch: 4 };

/**
 * Asks everything that will be asked under load.
 *
 * @throws Error that tells how many answers are wrong, and one of them
 */
export async function verify(server: RunningContender, { expected, single, batches }: Asked): Promise<void> {
  const wrong = [
    ...(await wrongOf(
      server.single,
      single.map((question) => [question]),
      atOnce.single,
      expected,
    )),
    ...(await wrongOf(server.batch, batches, atOnce.batch, expected)),
  ];
  const [first] = wrong;
  if (first === undefined) return;
  throw new Error(`${wrong.length} answers are other than expected, as to ${JSON.stringify(first)}`);
}

async function wrongOf(
  call: Call,
  bodies: readonly (readonly Question[])[],
  calls: number,
  expected: Asked['expected'],
): Promise<readonly Question[]> {
  const wrong: Question[] = [];
  for (const part of parts(bodies, calls)) {
    const found = await Promise.all(
      part.map(async (questions) => {
        const answers = call.answers(await send(call.url, call.body(questions), { headers: call.headers }));
        return questions.filter((question, index) => answers[index] !== expected(question));
      }),
    );
    wrong.push(...found.flat());
  }
  return wrong;
}
