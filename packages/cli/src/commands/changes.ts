import { type Cell, oneLine, plain } from '../output/values.ts';
import { type Edit, type Explanation, ruleName, whoIs } from './explanation.ts';

/** Ways to the opposite answer, each with the commands that go it. */
export function changeRows(explanation: Explanation): readonly (readonly Cell[])[] {
  return explanation.changes.flatMap(({ edits }) =>
    edits.flatMap((edit, index) => [
      [plain(`${index === 0 ? '- ' : '  and '}${oneLine(wordsOf(edit, explanation))}`)],
      ...(edit.command === '' ? [] : [[plain(`    ${oneLine(edit.command)}`)]]),
    ]),
  );
}

function wordsOf(edit: Edit, explanation: Explanation): string {
  const who = whoIs(explanation);
  const group = edit.group_name || edit.group_id;
  const policy = edit.policy_name || edit.policy_id;
  const rule = `${ruleName(edit.position ?? 0)} of the policy ${policy}`;
  const project = edit.project_name || edit.project_id;
  const words: Readonly<Record<string, string>> = {
    unlock_user: `unlock ${who}`,
    lock_user: `lock ${who}`,
    renew_credential: 'use a credential that has not expired',
    add_to_group: `add ${who} to the group ${group}`,
    remove_from_group: `take ${who} out of the group ${group}`,
    attach_policy: `attach the policy ${policy} to ${who}`,
    detach_policy: `detach the policy ${policy} from everybody`,
    remove_rule: `remove ${rule}`,
    drop_condition: `drop the condition of ${rule}`,
    add_permission_set: `add ${edit.permission_set_name} to ${rule}`,
    add_project: `add the project ${project} to ${rule}`,
    widen_to_organization: `let ${rule} grant in the whole organization`,
    create_policy: `give ${who} a policy with ${edit.permission_set_name} in ${project ? `the project ${project}` : 'the organization'}`,
  };
  return words[edit.kind] ?? edit.kind.replaceAll('_', ' ');
}
