/** A rule as it is written. Empty texts and lists stand for what was left out. */
export interface Rule {
  readonly permission_set_names: readonly string[];
  readonly project_ids: readonly string[];
  /** Of a rule that holds in all of it. */
  readonly organization_id: string;
  readonly condition: string;
}

export const nothing: Rule = { permission_set_names: [], project_ids: [], organization_id: '', condition: '' };

/** A rule as it is sent. */
export const toWire = ({ permission_set_names, project_ids, organization_id, condition }: Rule) => ({
  permission_set_names: [...permission_set_names],
  ...(organization_id === '' ? { project_ids: [...project_ids] } : { organization_id }),
  ...(condition !== '' && { condition }),
});
