/** How far something is that takes its time. */
export interface Progress {
  /** @param total how many rows there are */
  start(total: number): void;
  add(rows: number): void;
  stop(): void;
}

export const noProgress: Progress = { start: () => {}, add: () => {}, stop: () => {} };

/** Who waits for longer, in milliseconds, wants to see that something happens. */
const patience = 2_000;

/** A bar, where the stream is a terminal and it takes longer than two seconds. */
export async function barOn(stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return noProgress;
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({ stream, format: '[{bar}] {value} of {total} rows', clearOnComplete: true });
  let done = 0;
  let waiting: NodeJS.Timeout | undefined;
  return {
    start: (total) => {
      waiting = setTimeout(() => bar.start(total, done), patience);
    },
    add: (rows) => {
      done += rows;
      if (bar.isActive) bar.update(done);
    },
    stop: () => {
      clearTimeout(waiting);
      bar.stop();
    },
  };
}
