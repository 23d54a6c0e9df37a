import type { Assignment } from './assignments.ts';

interface Typed {
  readonly assignments: readonly Assignment[];
}

/** The value of an argument without index; null where nobody typed one and it has no default. */
export function typedText({ assignments }: Typed, name: string): string | null {
  const value = assignments.find(({ argument }) => argument.name === name)?.value ?? null;
  return value === null ? null : String(value);
}

/** Whether a switch such as `show-secret` is on. */
export function isOn(typed: Typed, name: string): boolean {
  return typedText(typed, name) === 'true';
}
