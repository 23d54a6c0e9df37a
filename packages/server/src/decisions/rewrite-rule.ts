import type { RuleFact } from '@bailiwick/authz';
import type { Known } from './edits.ts';

/** A rule as it is typed. */
interface TypedRule {
  readonly permissionSetIds: readonly string[];
  /** Null for the organization. */
  readonly projectIds: readonly string[] | null;
  readonly condition: string;
}

/** Characters of a command: terminals take some four thousand in a line. */
const longestCommand = 2000;

/**
 * The command that changes one rule of a policy. The API sets all rules at once, so it names all of them; empty where
 * they are too many for one line, or cannot be typed.
 */
export function rewriteRule(
  { policyId, ruleId }: { readonly policyId: string; readonly ruleId: string },
  { organization, catalogue }: Known,
  change: (rule: TypedRule) => TypedRule,
): string {
  const words = (organization.policies.get(policyId)?.rules ?? []).map(({ fact }, index) => {
    const rule = readRule(fact);
    if (rule === null) return null;
    const { permissionSetIds, projectIds, condition } = fact.id === ruleId ? change(rule) : rule;
    const names = permissionSetIds.map((id) => catalogue.byId(id));
    if (names.some((set) => !set || set.deprecated)) return null;
    return [
      ...listWords(
        `rules.${index}.permission-set-names`,
        names.map((set) => set?.name ?? ''),
      ),
      ...(projectIds === null
        ? [`rules.${index}.organization-id=${organization.id}`]
        : listWords(`rules.${index}.project-ids`, projectIds)),
      ...(condition === '' ? [] : [`rules.${index}.condition=${condition}`]),
    ];
  });
  const typed = words.flatMap((each) => each ?? []);
  const command = ['scw iam rule update', policyId, ...typed.map(quoted)].join(' ');
  const cannotBeTyped = words.includes(null) || typed.some(hasControlCharacters);
  return cannotBeTyped || command.length > longestCommand ? '' : command;
}

function readRule({ permissionSetIds, scope, condition }: RuleFact): TypedRule | null {
  if (scope.kind === 'account_root_user') return null;
  return { permissionSetIds, projectIds: scope.kind === 'projects' ? scope.projectIds : null, condition };
}

function listWords(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [`${name}=none`] : values.map((value, index) => `${name}.${index}=${value}`);
}

/** A word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w.=:,@/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function hasControlCharacters(word: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(word);
}
