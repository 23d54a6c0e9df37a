/**
 * A program that starts a server on each folder that it is told of on standard input, asks what it is told to ask, makes a change, and
 * stops the server: the layer records what that does to the files. It says what it was told, in one line for each folder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { serve } from '../../packages/server/src/index.ts';
import { createPlainClient, type PlainAnswer, type PlainCall } from '../support/plain-client.ts';
import { configOf, untilClosed } from './crash-check.ts';

export interface Recovering {
  readonly folder: string;
  readonly questions: readonly PlainCall[];
  /** Null where there is nothing yet that could be changed. */
  readonly change: PlainCall | null;
}

/** When something was asked and answered: nanoseconds of `process.hrtime.bigint`. */
export interface Answered {
  readonly began: string;
  readonly ended: string;
  readonly answer: PlainAnswer;
}

export interface Recovered {
  /** Why there is nothing else. */
  readonly failure: string | null;
  readonly answers: readonly Answered[];
  readonly changed: Answered | null;
}

const now = () => String(process.hrtime.bigint());

for await (const line of createInterface(process.stdin)) {
  const told = await recover(JSON.parse(line)).catch(
    (failure: unknown): Recovered => ({ failure: String(failure), answers: [], changed: null }),
  );
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

async function recover({ folder, questions, change }: Recovering): Promise<Recovered> {
  const server = await serve(configOf(folder), { out: () => {} });
  const { api_url: url } = parse(readFileSync(join(folder, 'scw.yaml'), 'utf8'));
  const { send, close } = createPlainClient(url, 1);
  const timed = async (call: PlainCall): Promise<Answered> => {
    const began = now();
    const answer = await send(call);
    return { began, ended: now(), answer };
  };
  try {
    const answers: Answered[] = [];
    for (const question of questions) answers.push(await timed(question));
    return { failure: null, answers, changed: change && (await timed(change)) };
  } finally {
    close();
    await pause(untilClosed);
    await server.stop();
  }
}
