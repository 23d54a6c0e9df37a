import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Between an answer and the next question, in milliseconds. */
const between = 2;

export interface Pauses {
  /** The longest so far, in milliseconds. */
  stop(): Promise<number>;
}

/** Asks a server whether it is there, again and again, and sees how long it keeps one waiting. */
export function watchPauses(url: string): Pauses {
  const agent = new Agent({ keepAlive: true });
  let longest = 0;
  let isOver = false;
  const watch = async () => {
    while (!isOver) {
      const started = performance.now();
      await ping(agent, `${url}/healthz`);
      longest = Math.max(longest, performance.now() - started);
      await pause(between);
    }
    agent.destroy();
  };
  const watching = watch();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      return longest;
    },
  };
}

const ping = (agent: Agent, url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
