import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';

/** How long a process may take to say that it is ready, in milliseconds. */
const patience = 60_000;

export interface Ready {
  readonly pid: number;
  /** What stood in the line after the words that were waited for. */
  readonly said: string;
  /** From the call that starts the process to the line, in milliseconds. */
  readonly milliseconds: number;
  /** All that came on its standard output. */
  output(): string;
  /** Tells it to stop and waits. */
  stop(): Promise<void>;
}

/** Starts a Node program and waits for a line `listening on …` on its standard output. */
export async function startNode(words: readonly string[], stderr: 'inherit' | number = 'inherit'): Promise<Ready> {
  const started = performance.now();
  const child = spawnNode(words, ['ignore', 'pipe', stderr]);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const line = Promise.withResolvers<string>();
  const timer = setTimeout(() => line.reject(new Error(`${words[0]} is not ready in time`)), patience);
  child.once('exit', (code) => line.reject(new Error(`${words[0]} ended with ${code} before it was ready`)));
  child.once('error', line.reject);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const said = /^listening on (.+)$/m.exec(output)?.[1];
    if (said !== undefined && output.endsWith('\n')) line.resolve(said);
  });
  try {
    const said = await line.promise;
    return { pid: child.pid ?? 0, said, milliseconds: performance.now() - started, output: () => output, stop };
  } catch (failure) {
    await stop();
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a Node program to its end. */
export async function runNode(words: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Finished> {
  return await runProgram(process.execPath, words, env);
}

export interface Finished {
  /** Its standard output. */
  readonly output: string;
  /** From its start to its end. */
  readonly milliseconds: number;
}

/** Runs a program to its end. */
export async function runProgram(path: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const started = performance.now();
  const child = spawn(path, [...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  if (code !== 0) throw new Error(`${path} ${words[0]} ended with ${code}: ${texts.stderr}`);
  return { output: texts.stdout, milliseconds: performance.now() - started };
}

function spawnNode(words: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, [...words], { stdio });
}
