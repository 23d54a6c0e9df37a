import type { Configuration } from '../client/configuration.ts';
import { typedText } from '../grammar/typed-text.ts';
import type { OwnRun } from './command.ts';

/** The organization of `organization-id`, else that of the configuration. */
export function organizationOf(run: OwnRun, { organization }: Configuration): string {
  return (typedText(run, 'organization-id') || organization).toLowerCase();
}
