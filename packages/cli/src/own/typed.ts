import type { Configuration } from '../client/configuration.ts';
import type { OwnRun } from './command.ts';

/** The value typed for an argument without index; empty for none. */
export function typedValue({ assignments }: Pick<OwnRun, 'assignments'>, name: string): string {
  return String(assignments.find(({ argument }) => argument.name === name)?.value ?? '');
}

/** The organization of `organization-id`, else that of the configuration. */
export function organizationOf(run: OwnRun, { organization }: Configuration): string {
  return (typedValue(run, 'organization-id') || organization).toLowerCase();
}
