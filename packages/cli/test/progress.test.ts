import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress } from '../src/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(isTerminal = true) {
  const written: string[] = [];
  const output = { isTerminal, columns: 80, write: (text: string) => void written.push(text) };
  return { written, progress: createProgress(output, Date.now) };
}

describe('what somebody sees while waiting', () => {
  it('is nothing for two seconds, then that there is no answer yet', () => {
    const { written, progress } = start();
    vi.advanceTimersByTime(1999);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual(['\r\u001b[Kwaiting for the answer…']);
    progress.show(1, 2);
    expect(written.at(-1)).toMatch(/\[#+\.+\] 1 of 2$/);
    progress.clear();
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('never comes once it is over, nor where nobody looks', () => {
    const over = start();
    over.progress.clear();
    const unseen = start(false);
    vi.advanceTimersByTime(60_000);
    expect([over.written, unseen.written]).toEqual([[], []]);
  });
});
