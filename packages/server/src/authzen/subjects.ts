import type { Organization } from '@bailiwick/authz';
import { type Defaults, isObject, readEvaluation } from './entities.ts';
import type { AuthzenMapping } from './mapped.ts';
import { principalOf } from './questions.ts';

/**
 * Whether a question, or any of a batch, is about somebody else than the caller. An item that is no question is about
 * nobody: it is answered without looking at anybody.
 */
export function asksAboutOthers(
  input: Readonly<Record<string, unknown>>,
  mapping: AuthzenMapping,
  organization: Pick<Organization, 'principals'>,
  callerId: string,
): boolean {
  const { evaluations, ...defaults } = input;
  const items = Array.isArray(evaluations) && evaluations.length > 0 ? evaluations : [{}];
  return items.some((item) => isAboutAnother(item, defaults, mapping, organization, callerId));
}

function isAboutAnother(
  item: unknown,
  defaults: Defaults,
  mapping: AuthzenMapping,
  organization: Pick<Organization, 'principals'>,
  callerId: string,
): boolean {
  // The common case costs nothing: the item leaves the subject as it is above.
  const subject = isObject(item) && item.subject == null ? defaults.subject : undefined;
  if (isObject(subject) && typeof subject.type === 'string' && typeof subject.id === 'string')
    return principalOf(mapping, organization, { type: subject.type, id: subject.id }) !== callerId;
  const read = readEvaluation(item, defaults);
  return 'evaluation' in read && principalOf(mapping, organization, read.evaluation.subject) !== callerId;
}
