import { checkCondition } from '@bailiwick/authz';
import { type InvalidArgument, invalidArguments } from '@bailiwick/contract';
import type { Authorized } from '../authorization/authorized.ts';
import type { Catalogue, PermissionSet } from '../catalogue/catalogue.ts';
import type { Ids } from '../clock.ts';
import type { Storage } from '../storage/storage.ts';
import type { NewRule } from './store.ts';

/** A rule as a client sends it. */
export interface RuleSpecification {
  readonly permission_set_names?: readonly string[];
  readonly condition?: string;
  readonly project_ids?: readonly string[];
  readonly organization_id?: string;
}

/**
 * Turns sent rules into rules to keep: names become ids, and every rule gets a new id of its own.
 *
 * @throws ApiError `invalid_arguments` for an unknown or retired permission set, sets of different scope types, a
 * scope that does not fit them, or a project or organization that is not the caller's
 */
export async function readSpecifications(
  { catalogue, ids }: { readonly catalogue: Catalogue; readonly ids: Ids },
  db: Storage['db'],
  scope: Authorized,
  specifications: readonly RuleSpecification[],
): Promise<readonly NewRule[]> {
  const known = await ownProjects(db, scope, specifications);
  const wrong: InvalidArgument[] = [];
  const rules = specifications.map((specification, index) => {
    const refuse = (argument: string, help_message: string) =>
      wrong.push({ argument_name: `rules[${index}].${argument}`, help_message, reason: 'constraint' });
    const sets = (specification.permission_set_names ?? []).map((name) => {
      const set = catalogue.byName(name);
      if (!set) refuse('permission_set_names', unknownSet(catalogue, name));
      return set;
    });
    const scopeType = sharedScopeType(sets, () =>
      refuse('permission_set_names', 'permission sets must be of the same scope type'),
    );
    const problem = checkCondition(specification.condition ?? '');
    if (problem) {
      wrong.push({
        argument_name: `rules[${index}].condition`,
        help_message: `${problem.message} (line ${problem.line}, column ${problem.column})`,
        reason: problem.kind === 'syntax' ? 'format' : 'constraint',
      });
    }
    if (specification.project_ids !== undefined) {
      if (scopeType === 'organization') {
        refuse('project_ids', 'permission sets of scope type organization need organization_id');
      }
      specification.project_ids.forEach((id, at) => {
        if (!known.has(id))
          refuse(`project_ids[${at}]`, 'this project does not exist in the organization of the policy');
      });
    }
    if (specification.organization_id !== undefined && specification.organization_id !== scope.organizationId) {
      refuse('organization_id', 'value must be the organization of the policy');
    }
    return {
      id: ids.uuid(),
      scope: specification.project_ids === undefined ? ('organization' as const) : ('projects' as const),
      scopeType,
      condition: specification.condition ?? '',
      permissionSetIds: sets.flatMap((set) => (set ? [set.id] : [])),
      projectIds: specification.project_ids ?? [],
    };
  });
  if (wrong.length > 0) throw invalidArguments(wrong);
  return rules;
}

function unknownSet(catalogue: Catalogue, name: string): string {
  if (catalogue.isDeprecated(name))
    return `permission set ${name} is deprecated: rules that have it keep it, but it grants nothing; choose another from the list of permission sets`;
  return catalogue.isRetired(name)
    ? `permission set ${name} is retired; see the list of permission sets for the one that replaced it`
    : `permission set ${name} does not exist`;
}

function sharedScopeType(sets: readonly (PermissionSet | undefined)[], refuse: () => void): NewRule['scopeType'] {
  const types = new Set(sets.flatMap((set) => (set ? [set.scope_type] : [])));
  if (types.size > 1) refuse();
  const [type] = types;
  return type ?? 'unknown_scope_type';
}

async function ownProjects(
  db: Storage['db'],
  scope: Authorized,
  specifications: readonly RuleSpecification[],
): Promise<ReadonlySet<string>> {
  if (specifications.every(({ project_ids: ids }) => ids === undefined || ids.length === 0)) return new Set();
  const rows = await db
    .selectFrom('projects')
    .select('id')
    .where('organization_id', '=', scope.organizationId)
    .execute();
  return new Set(rows.map(({ id }) => id));
}
