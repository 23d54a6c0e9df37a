import type { Output } from './terminal.ts';

const patienceMilliseconds = 2000;
const longestBar = 30;
/** What stands beside the bar; a line that is broken could not be cleared. */
const roomForNumbers = 24;

export interface Progress {
  show(done: number, total: number): void;
  clear(): void;
}

/** A bar on a terminal, for what takes longer than one likes to wait. */
export function createProgress(output: Output, now: () => number): Progress {
  const start = now();
  const barLength = Math.max(1, Math.min(longestBar, (output.columns ?? 80) - roomForNumbers));
  let isShown = false;
  return {
    show: (done, total) => {
      if (!output.isTerminal || total === 0 || now() - start < patienceMilliseconds) return;
      isShown = true;
      const full = Math.min(barLength, Math.round((done / total) * barLength));
      output.write(`\r[${'#'.repeat(full)}${'.'.repeat(barLength - full)}] ${done} of ${total}`);
    },
    clear: () => {
      if (isShown) output.write('\r\u001b[K');
      isShown = false;
    },
  };
}
