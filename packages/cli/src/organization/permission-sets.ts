import type { Calls } from './calls.ts';
import type { Flaw } from './check-file.ts';
import type { Wanted } from './desired.ts';
import type { OrganizationFile } from './file-schema.ts';

/** Scope type by name of each set; null where nothing of the file needs them. */
export type PermissionSets = ReadonlyMap<string, string> | null;

export async function readPermissionSets(
  calls: Calls,
  organizationId: string,
  { policies = [] }: OrganizationFile,
): Promise<PermissionSets> {
  if (policies.every(({ rules = [] }) => rules.length === 0)) return null;
  const sets = await calls.list('permissionSets.list', { organization_id: organizationId });
  return new Map(sets.map(({ name, scope_type }) => [String(name), String(scope_type)]));
}

/** Rules that the API would refuse for their permission sets. One that is there already is not asked about. */
export function permissionSetFlaws({ path, value, current }: Wanted<'policy'>, known: PermissionSets): readonly Flaw[] {
  if (known === null) return [];
  const before = new Set(current?.value.rules.flatMap(({ permissionSets }) => permissionSets));
  return value.rules.flatMap(({ permissionSets, scope }, index) => {
    const here = [...path, 'rules', index];
    const flaws: Flaw[] = [];
    permissionSets.forEach((name) => {
      if (known.has(name) || before.has(name)) return;
      flaws.push({ path: [...here, 'permission_sets'], reason: `no permission set is called ${JSON.stringify(name)}` });
    });
    const types = new Set(permissionSets.flatMap((name) => known.get(name) ?? []));
    if (types.size > 1) {
      const reason = 'holds sets for projects and sets for the organization: make two rules of it';
      flaws.push({ path: [...here, 'permission_sets'], reason });
    } else if (types.has('organization') && scope !== 'organization') {
      flaws.push({ path: [...here, 'projects'], reason: 'these permission sets need scope: organization' });
    }
    return flaws;
  });
}
