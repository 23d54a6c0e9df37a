import type { Edit, Organization } from '@bailiwick/authz';
import type { Catalogue } from '../catalogue/catalogue.ts';

/** An edit of the engine in the words of the wire, with the command that makes it. */
export function describeEdit(edit: Edit, organization: Organization, catalogue: Catalogue) {
  const { kind } = edit;
  const principal = (id: string) => `${organization.principals.get(id)?.kind ?? 'user'}-id=${id}`;
  const setName = (id: string) => catalogue.byId(id)?.name ?? id;
  switch (edit.kind) {
    case 'lock_user':
    case 'unlock_user':
      return { kind, principal_id: edit.userId, command: '' };
    case 'renew_credential':
      return { kind, command: '' };
    case 'add_to_group':
    case 'remove_from_group': {
      const verb = edit.kind === 'add_to_group' ? 'add-member' : 'remove-member';
      const command = `scw iam group ${verb} ${edit.groupId} ${principal(edit.principalId)}`;
      return { kind, principal_id: edit.principalId, group_id: edit.groupId, command };
    }
    case 'attach_policy': {
      const command = `scw iam policy update ${edit.policyId} ${principal(edit.principalId)}`;
      return { kind, principal_id: edit.principalId, policy_id: edit.policyId, command };
    }
    case 'detach_policy':
      return { kind, policy_id: edit.policyId, command: `scw iam policy update ${edit.policyId} no-principal=true` };
    case 'remove_rule': {
      const command = `scw iam rule delete ${edit.policyId} rule-id=${edit.ruleId}`;
      return { kind, policy_id: edit.policyId, rule_id: edit.ruleId, command };
    }
    case 'drop_condition':
      return { kind, policy_id: edit.policyId, rule_id: edit.ruleId, command: '' };
    case 'add_permission_set': {
      const permission_set_name = setName(edit.permissionSetId);
      return { kind, policy_id: edit.policyId, rule_id: edit.ruleId, permission_set_name, command: '' };
    }
    case 'add_project':
      return { kind, policy_id: edit.policyId, rule_id: edit.ruleId, project_id: edit.projectId, command: '' };
    case 'create_policy': {
      const name = setName(edit.permissionSetId);
      const place =
        edit.scope.kind === 'project'
          ? `project-ids.0=${edit.scope.projectId}`
          : `organization-id=${edit.scope.organizationId}`;
      const rule = `rules.0.permission-set-names.0=${name} rules.0.${place}`;
      return {
        kind,
        principal_id: edit.principalId,
        permission_set_name: name,
        ...(edit.scope.kind === 'project'
          ? { project_id: edit.scope.projectId }
          : { organization_id: edit.scope.organizationId }),
        command: `scw iam policy create ${principal(edit.principalId)} ${rule}`,
      };
    }
  }
}
