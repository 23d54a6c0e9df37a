import type { Output } from './terminal.ts';

const patienceMilliseconds = 2000;
const longestBar = 30;
/** What stands beside the bar; a line that is broken could not be cleared. */
const roomForNumbers = 24;

export interface Progress {
  show(done: number, total: number): void;
  clear(): void;
}

/**
 * A bar on a terminal, for what takes longer than one likes to wait. Where nothing has come by then it says that it waits.
 */
export function createProgress(output: Output, now: () => number): Progress {
  const start = now();
  const barLength = Math.max(1, Math.min(longestBar, (output.columns ?? 80) - roomForNumbers));
  let isShown = false;
  const draw = (text: string) => {
    isShown = true;
    output.write(`\r\u001b[K${text}`);
  };
  const waiting = output.isTerminal ? setTimeout(() => draw('waiting for the answer…'), patienceMilliseconds) : null;
  waiting?.unref();
  const stopWaiting = () => waiting !== null && clearTimeout(waiting);
  return {
    show: (done, total) => {
      if (!output.isTerminal || total === 0 || now() - start < patienceMilliseconds) return;
      stopWaiting();
      const full = Math.min(barLength, Math.round((done / total) * barLength));
      draw(`[${'#'.repeat(full)}${'.'.repeat(barLength - full)}] ${done} of ${total}`);
    },
    clear: () => {
      stopWaiting();
      if (isShown) output.write('\r\u001b[K');
      isShown = false;
    },
  };
}
