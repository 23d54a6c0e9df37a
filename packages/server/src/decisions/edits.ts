import type { Edit, Organization } from '@bailiwick/authz';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Names } from './names.ts';
import { rewriteRule } from './rewrite-rule.ts';

export interface Known {
  readonly organization: Organization;
  readonly catalogue: Catalogue;
  readonly names: Names;
}

/** An edit of the engine in the words of the wire, with the command that makes it. */
export function describeEdit(edit: Edit, known: Known) {
  const { organization, names } = known;
  const { kind } = edit;
  const principal = (id: string) => `${organization.principals.get(id)?.kind ?? 'user'}-id=${id}`;
  const policyOf = ({ policyId }: { readonly policyId: string }) => ({
    policy_id: policyId,
    policy_name: organization.policies.get(policyId)?.name ?? '',
  });
  const ruleOf = (place: { readonly policyId: string; readonly ruleId: string }) => {
    const rules = organization.policies.get(place.policyId)?.rules ?? [];
    const position = rules.findIndex(({ fact }) => fact.id === place.ruleId);
    return { ...policyOf(place), rule_id: place.ruleId, position: Math.max(0, position) };
  };
  switch (edit.kind) {
    case 'lock_user':
    case 'unlock_user': {
      const verb = edit.kind === 'lock_user' ? 'lock' : 'unlock';
      return { kind, principal_id: edit.userId, command: `scw iam user ${verb} ${edit.userId}` };
    }
    case 'renew_credential':
      return { kind, command: '' };
    case 'add_to_group':
    case 'remove_from_group': {
      const { groupId, principalId } = edit;
      const verb = edit.kind === 'add_to_group' ? 'add-member' : 'remove-member';
      const command = `scw iam group ${verb} ${groupId} ${principal(principalId)}`;
      return { kind, principal_id: principalId, group_id: groupId, group_name: names.group(groupId), command };
    }
    case 'attach_policy': {
      const command = `scw iam policy update ${edit.policyId} ${principal(edit.principalId)}`;
      return { kind, principal_id: edit.principalId, ...policyOf(edit), command };
    }
    case 'detach_policy':
      return { kind, ...policyOf(edit), command: `scw iam policy update ${edit.policyId} no-principal=true` };
    case 'remove_rule':
      return { kind, ...ruleOf(edit), command: `scw iam rule delete ${edit.policyId} rule-id=${edit.ruleId}` };
    case 'drop_condition':
      return { kind, ...ruleOf(edit), command: rewriteRule(edit, known, (rule) => ({ ...rule, condition: '' })) };
    case 'add_permission_set': {
      const { permissionSetId: added } = edit;
      const command = rewriteRule(edit, known, (rule) => ({
        ...rule,
        permissionSetIds: [...rule.permissionSetIds, added],
      }));
      return { kind, ...ruleOf(edit), permission_set_name: setName(known, added), command };
    }
    case 'add_project': {
      const { projectId } = edit;
      const command = rewriteRule(edit, known, (rule) => ({
        ...rule,
        projectIds: [...(rule.projectIds ?? []), projectId],
      }));
      return { kind, ...ruleOf(edit), project_id: projectId, project_name: names.project(projectId), command };
    }
    case 'widen_to_organization':
      return { kind, ...ruleOf(edit), command: rewriteRule(edit, known, (rule) => ({ ...rule, projectIds: null })) };
    case 'create_policy': {
      const { scope } = edit;
      const name = setName(known, edit.permissionSetId);
      const place =
        scope.kind === 'project' ? `project-ids.0=${scope.projectId}` : `organization-id=${scope.organizationId}`;
      const rule = `rules.0.permission-set-names.0=${name} rules.0.${place}`;
      return {
        kind,
        principal_id: edit.principalId,
        permission_set_name: name,
        ...(scope.kind === 'project'
          ? { project_id: scope.projectId, project_name: names.project(scope.projectId) }
          : { organization_id: scope.organizationId }),
        command: `scw iam policy create ${principal(edit.principalId)} ${rule}`,
      };
    }
  }
}

function setName({ catalogue }: Known, id: string): string {
  return catalogue.byId(id)?.name ?? id;
}
