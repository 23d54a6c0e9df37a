import type { Types } from '../dialect.ts';

/** Policies and their rules. */
export function policies({ text, integer, tableOptions, jsonLength, countRows }: Types): readonly string[] {
  const flag = (name: string, fallback: 0 | 1) =>
    `${name} ${integer} NOT NULL DEFAULT ${fallback} CHECK (${name} IN (0, 1))`;
  return [
    // A principal is deleted only after its policies were detached, so that no policy points to nobody by accident.
    `CREATE TABLE policies (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL,
       name ${text} NOT NULL,
       name_sort ${text} NOT NULL,
       description ${text} NOT NULL,
       ${flag('editable', 1)},
       ${flag('deletable', 1)},
       ${flag('managed', 0)},
       tags ${text} NOT NULL DEFAULT '[]' CHECK (${jsonLength('tags')} <= 10),
       user_id ${text},
       group_id ${text},
       application_id ${text},
       UNIQUE (organization_id, id),
       FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) DEFERRABLE INITIALLY DEFERRED,
       FOREIGN KEY (organization_id, group_id) REFERENCES groups (organization_id, id) DEFERRABLE INITIALLY DEFERRED,
       FOREIGN KEY (organization_id, application_id) REFERENCES applications (organization_id, id) DEFERRABLE INITIALLY DEFERRED,
       CHECK ((user_id IS NULL OR group_id IS NULL) AND (user_id IS NULL OR application_id IS NULL) AND (group_id IS NULL OR application_id IS NULL))
     ) ${tableOptions}`,
    'CREATE INDEX policies_by_creation ON policies (organization_id, created_at, id)',
    'CREATE INDEX policies_by_name ON policies (organization_id, name_sort, id)',
    'CREATE INDEX policies_by_user ON policies (user_id) WHERE user_id IS NOT NULL',
    'CREATE INDEX policies_by_group ON policies (group_id) WHERE group_id IS NOT NULL',
    'CREATE INDEX policies_by_application ON policies (application_id) WHERE application_id IS NOT NULL',
    `CREATE TABLE rules (
       id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL,
       policy_id ${text} NOT NULL,
       position ${integer} NOT NULL,
       scope ${text} NOT NULL CHECK (scope IN ('organization', 'projects')),
       scope_type ${text} NOT NULL CHECK (scope_type IN ('organization', 'projects', 'unknown_scope_type')),
       condition ${text} NOT NULL,
       UNIQUE (organization_id, id),
       UNIQUE (policy_id, position),
       FOREIGN KEY (organization_id, policy_id) REFERENCES policies (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    `CREATE TABLE rule_permission_sets (
       organization_id ${text} NOT NULL,
       rule_id ${text} NOT NULL,
       position ${integer} NOT NULL,
       permission_set_id ${text} NOT NULL,
       PRIMARY KEY (rule_id, position),
       FOREIGN KEY (organization_id, rule_id) REFERENCES rules (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    `CREATE TABLE rule_projects (
       organization_id ${text} NOT NULL,
       rule_id ${text} NOT NULL,
       position ${integer} NOT NULL,
       project_id ${text} NOT NULL,
       PRIMARY KEY (rule_id, position),
       FOREIGN KEY (organization_id, rule_id) REFERENCES rules (organization_id, id) ON DELETE CASCADE,
       FOREIGN KEY (organization_id, project_id) REFERENCES projects (organization_id, id) ON DELETE CASCADE
     ) ${tableOptions}`,
    'CREATE INDEX rule_projects_by_project ON rule_projects (project_id)',
    ...countRows('policies'),
  ];
}
