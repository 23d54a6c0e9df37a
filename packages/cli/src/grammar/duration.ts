import { CommandError } from '../command-error.ts';

const seconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const step = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a duration such as `240h` or `1h30m`; there are no days.
 *
 * @returns seconds with nine decimals, `864000.000000000s`
 * @throws CommandError
 */
export function readDuration(name: string, typed: string): string {
  const [, sign, steps = ''] = /^([+-]?)(.*)$/s.exec(typed) ?? [];
  const total = steps === '0' ? 0 : sum(steps);
  if (total === null) {
    throw new CommandError(`invalid value for '${name}' argument: failed to parse duration: '${typed}' is none`, {
      hint: 'Numbers with one of the units ns, us, ms, s, m, h: 240h, 1h30m',
    });
  }
  return `${sign === '-' && total > 0 ? '-' : ''}${total.toFixed(9)}s`;
}

function sum(steps: string): number | null {
  let total = 0;
  step.lastIndex = 0;
  while (step.lastIndex < steps.length) {
    const match = step.exec(steps);
    if (!match) return null;
    total += Number(match[1]) * seconds[match[2]!]!;
  }
  return steps === '' ? null : total;
}
