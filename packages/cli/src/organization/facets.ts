import { byText, type Key, type Kind, type RuleValue, type Values } from './organization.ts';

/** One field of a thing: what makes it equal to another, and what people read. */
export interface Facet {
  readonly field: string;
  /** In no order: two fields are equal when they have the same ones. */
  readonly keys: readonly string[];
  /** One for each key; none where the field has its default. */
  readonly texts: readonly string[];
}

/** How a field differs; a text that is not set is an empty list. */
export interface FieldChange {
  readonly field: string;
  readonly old: readonly string[];
  readonly new: readonly string[];
}

type Label = (key: Key) => string;

/** The fields of a thing apart from its name, in the order of the file. */
export function facetsOf<K extends Kind>(kind: K, value: Values[K], labelOf: Label): readonly Facet[];
export function facetsOf(
  kind: Kind,
  value: Values['project'] & Partial<Values['policy'] & Values['group']>,
  labelOf: Label,
) {
  const { name, description, tags = [], users, applications, principal, rules } = value;
  const facets: Facet[] = [plain('name', [name]), plain('description', description === '' ? [] : [description])];
  if (kind !== 'project') facets.push(plain('tags', tags.toSorted(byText)));
  const referred = (field: string, keys: readonly Key[]) => {
    const ordered = keys.toSorted((a, b) => byText(labelOf(a), labelOf(b)) || byText(a, b));
    facets.push({ field, keys: ordered, texts: ordered.map(labelOf) });
  };
  if (users !== undefined) referred('users', users);
  if (applications !== undefined) referred('applications', applications);
  if (principal !== undefined) {
    const keys = principal === null ? [] : [`${principal.kind} ${principal.key}`];
    facets.push({
      field: 'attached_to',
      keys,
      texts: principal === null ? [] : [`${principal.kind} ${labelOf(principal.key)}`],
    });
  }
  if (rules !== undefined) {
    facets.push({ field: 'rules', keys: rules.map(ruleKey), texts: rules.map((rule) => ruleText(rule, labelOf)) });
  }
  return facets;
}

/** What differs between two things of a kind; `before` is null for one that is to be made, whose name is no change. */
export function differences<K extends Kind>(
  kind: K,
  before: Values[K] | null,
  after: Values[K],
  labelOf: Label,
): readonly FieldChange[] {
  const old = before === null ? [] : facetsOf(kind, before, labelOf);
  return facetsOf(kind, after, labelOf).flatMap((facet, index) => {
    const former = old[index];
    if (before === null && (facet.field === 'name' || facet.keys.length === 0)) return [];
    if (former !== undefined && isSame(former.keys, facet.keys)) return [];
    return [{ field: facet.field, old: former?.texts ?? [], new: facet.texts }];
  });
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const ordered = b.toSorted(byText);
  return a.toSorted(byText).every((key, index) => key === ordered[index]);
}

function plain(field: string, texts: readonly string[]): Facet {
  return { field, keys: texts, texts };
}

function ruleKey({ permissionSets, scope, condition }: RuleValue): string {
  const where = typeof scope === 'string' ? scope : scope.toSorted(byText);
  return JSON.stringify([permissionSets.toSorted(byText), where, condition]);
}

function ruleText({ permissionSets, scope, condition }: RuleValue, labelOf: Label): string {
  const sets = permissionSets.toSorted(byText).join(', ') || 'nothing';
  const when = condition === '' ? '' : ` if ${condition}`;
  return `${sets} in ${placeText(scope, labelOf)}${when}`;
}

function placeText(scope: RuleValue['scope'], labelOf: Label): string {
  if (scope === 'organization') return 'the organization';
  if (scope === 'account') return 'the account of the owner';
  return scope.length === 0 ? 'no project' : scope.map(labelOf).toSorted(byText).join(', ');
}
