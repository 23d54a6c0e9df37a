import type { Json, JsonObject } from '../output/result.ts';

/** The answer of `iam explain`, rebuilt by `decode`: every member is there unless it is left out when empty. */
export interface Explanation extends JsonObject {
  readonly decision: string;
  readonly because: string;
  readonly permission: string;
  readonly scope: { readonly type: string; readonly id: string; readonly name: string };
  readonly principal_id: string;
  readonly principal_type: string;
  readonly principal_name: string;
  readonly permissions: readonly { readonly permission: string; readonly held: boolean }[];
  readonly groups: readonly Named[];
  readonly rules: readonly RuleOutcome[];
  readonly changes: readonly { readonly edits: readonly Edit[] }[];
}

export type Named = { readonly id: string; readonly name: string };

export type RuleOutcome = {
  readonly permission: string;
  readonly policy_id: string;
  readonly policy_name: string;
  readonly rule_id: string;
  readonly position: number;
  readonly permission_set_names: readonly string[];
  readonly group_id?: string;
  readonly outcome: string;
  readonly projects?: readonly Named[];
  readonly clause?: string;
  readonly values?: JsonObject;
};

export type Edit = {
  readonly kind: string;
  readonly principal_id?: string;
  readonly group_id?: string;
  readonly group_name?: string;
  readonly policy_id?: string;
  readonly policy_name?: string;
  readonly position?: number;
  readonly permission_set_name?: string;
  readonly project_id?: string;
  readonly project_name?: string;
  readonly command: string;
};

/** A name, or the id of what has none to show. */
export function nameOr({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === '' ? id : name;
}

/**
 * `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`
 *
 * @param total how many there are, where the words are only the first of them
 */
export function listed(words: readonly string[], most = 3, total = words.length): string {
  const shown = total > most + 1 ? [...words.slice(0, most), `${total - most} more`] : words;
  const [last, ...before] = shown.toReversed();
  return before.length === 0 ? (last ?? '') : `${before.toReversed().join(', ')} and ${last}`;
}

/** What a part of a condition has read: `request.ip is 192.0.2.7` */
export function valuesRead(values: JsonObject): readonly string[] {
  return Object.entries(values).map(([path, value]) => `${path} is ${valueText(value)}`);
}

function valueText(value: Json): string {
  return value === null ? 'not given' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Typed as `rules.0…`, so it is shown like that. */
export function ruleName(position: number): string {
  return `rules.${position}`;
}

/** Who was asked about: `ada`, `the application ci`, or an id that nobody has. */
export function whoIs({ principal_id, principal_type, principal_name }: Explanation): string {
  if (principal_name === '') return principal_id === '' ? 'whoever has this credential' : principal_id;
  return principal_type === 'application' ? `the application ${principal_name}` : principal_name;
}
