import { spawn } from 'node:child_process';
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { agentOf } from './clients.ts';
import { writeFiles } from './crash-check.ts';
import type { Recorded } from './crash-recording.ts';
import type { Files } from './disk.ts';
import type { Read, Write } from './history.ts';
import { openLayer } from './layer.ts';
import { momentOf, type Operation, readRecording } from './recording.ts';
import type { Answered, Recovered, Recovering } from './recover.ts';

/** What a server did that started on what a machine had left, and what its client was told. */
export interface Recovery {
  readonly operations: readonly Operation[];
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
}

/** Starts servers one after another in one process, whose files are recorded. */
export interface Recoveries {
  /**
   * @param folder made for this and removed again
   * @param recorded what the files are of; null before there is anything that could be asked for or changed
   */
  run(folder: string, files: Files, recorded: Recorded | null): Promise<Recovery>;
  close(): Promise<void>;
}

/** Of writes of recoveries: beyond all others. */
const firstId = 1_000_000_000;
/** As which these servers stand in the history. */
const server = 3;

/**
 * @param library the layer
 * @param scratch the folder in which the folders of all runs are
 */
export async function openRecoveries(library: string, scratch: string): Promise<Recoveries> {
  const layer = openLayer(library, scratch);
  const program = join(import.meta.dirname, 'recover.ts');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...layer.recording.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let count = 0;
  return {
    run: async (folder, files, recorded) => {
      const id = firstId + ++count;
      const registers = recorded?.registers ?? [];
      const [changed] = registers;
      const version = changed?.version(id);
      const readings = registers.flatMap((register) =>
        register.readings.map((reading) => ({ ...reading, register: register.name })),
      );
      const asked: Recovering = {
        folder,
        questions: readings.map(({ call }) => call),
        change: version ? { ...version.call, headers: { 'user-agent': agentOf(id) } } : null,
      };
      writeFiles(folder, files);
      truncateSync(layer.recording.path, 0);
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const { value: line, done } = await lines.next();
      if (done) throw new Error('the process that starts servers on what is left has ended');
      const operations = readRecording(layer.recording.path, folder);
      rmSync(folder, { recursive: true, force: true });
      const told: Recovered = JSON.parse(line);
      if (told.failure !== null) throw new Error(`a server does not start on what was left: ${told.failure}`);
      const timesOf = ({ began, ended }: Answered) => ({
        began: momentOf(BigInt(began)),
        ended: momentOf(BigInt(ended)),
      });
      const reads = told.answers.flatMap((answered, index): Read[] => {
        const reading = readings[index];
        if (reading === undefined) return [];
        const { register, from } = reading;
        const value = reading.value(answered.answer) ?? `status ${answered.answer.status}`;
        return [{ register, from, server, value, atLeast: 0, age: 0, ...timesOf(answered) }];
      });
      if (told.changed === null || changed === undefined || version === undefined)
        return { operations, reads, writes: [] };
      const { status, revision } = told.changed.answer;
      const outcome = status === 200 ? 'made' : 'refused';
      const { value } = version;
      const write = { id, register: changed.name, version: id, value, server, outcome, revision } as const;
      return { operations, reads, writes: [{ ...write, ...timesOf(told.changed) }] };
    },
    close: async () => {
      child.stdin.end();
      await ended;
      layer.remove();
    },
  };
}
