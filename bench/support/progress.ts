/** One line on a terminal that says what is being waited for; nothing elsewhere, so that a log holds tables only. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  const started = performance.now();
  return {
    show: (text) => {
      const seconds = Math.round((performance.now() - started) / 1000);
      stream.write(`\r\x1b[K${`${seconds} s  ${text}`.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear: () => {
      stream.write('\r\x1b[K');
    },
  };
}
