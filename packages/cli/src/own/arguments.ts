import type { OwnRun } from './command.ts';

/** The value typed for an argument; null where nobody typed one and it has no default. */
export function typedText({ assignments }: OwnRun, name: string): string | null {
  const value = assignments.find(({ argument }) => argument.name === name)?.value ?? null;
  return value === null ? null : String(value);
}

/** Whether a switch such as `show-secret` is on. */
export function isOn(run: OwnRun, name: string): boolean {
  return typedText(run, name) === 'true';
}
