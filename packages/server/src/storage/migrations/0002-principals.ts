import type { Types } from '../dialect.ts';

/** Users, applications, groups and memberships. */
export function principals({ text, integer, tableOptions, jsonLength, countRows }: Types): readonly string[] {
  const flag = (name: string, fallback: 0 | 1) =>
    `${name} ${integer} NOT NULL DEFAULT ${fallback} CHECK (${name} IN (0, 1))`;
  const tags = `tags ${text} NOT NULL DEFAULT '[]' CHECK (${jsonLength('tags')} <= 10)`;
  const owned = [flag('editable', 1), flag('deletable', 1), flag('managed', 0)].join(',\n       ');
  const timed = `id ${text} PRIMARY KEY,
       organization_id ${text} NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
       created_at ${integer} NOT NULL,
       updated_at ${integer} NOT NULL`;
  return [
    `CREATE TABLE users (
       ${timed},
       type ${text} NOT NULL CHECK (type IN ('owner', 'member')),
       status ${text} NOT NULL CHECK (status IN ('activated', 'invitation_pending')),
       email ${text} NOT NULL,
       email_sort ${text} NOT NULL,
       username ${text} NOT NULL,
       username_key ${text} NOT NULL,
       first_name ${text} NOT NULL,
       last_name ${text} NOT NULL,
       phone_number ${text} NOT NULL,
       locale ${text} NOT NULL,
       password_hash ${text},
       ${flag('mfa', 0)},
       ${flag('locked', 0)},
       account_root_user_id ${text},
       last_login_at ${integer},
       last_login_order ${integer} GENERATED ALWAYS AS (coalesce(last_login_at, 9007199254740991)) STORED,
       ${tags},
       UNIQUE (organization_id, id),
       UNIQUE (organization_id, username_key),
       CHECK ((type = 'owner') = (account_root_user_id IS NOT NULL)),
       CHECK (type = 'member' OR locked = 0)
     ) ${tableOptions}`,
    "CREATE UNIQUE INDEX users_one_owner ON users (organization_id) WHERE type = 'owner'",
    'CREATE INDEX users_by_creation ON users (organization_id, created_at, id)',
    'CREATE INDEX users_by_username ON users (organization_id, username_key, id)',
    'CREATE INDEX users_by_email ON users (organization_id, email_sort, id)',
    `CREATE TABLE applications (
       ${timed},
       name ${text} NOT NULL,
       name_sort ${text} NOT NULL,
       description ${text} NOT NULL,
       ${owned},
       ${tags},
       UNIQUE (organization_id, id)
     ) ${tableOptions}`,
    'CREATE INDEX applications_by_creation ON applications (organization_id, created_at, id)',
    'CREATE INDEX applications_by_name ON applications (organization_id, name_sort, id)',
    `CREATE TABLE groups (
       ${timed},
       kind ${text} NOT NULL DEFAULT 'ordinary' CHECK (kind IN ('ordinary', 'all_users', 'all_applications')),
       name ${text} NOT NULL,
       name_sort ${text} NOT NULL,
       description ${text} NOT NULL,
       ${owned},
       ${tags},
       UNIQUE (organization_id, id),
       UNIQUE (organization_id, name),
       CHECK (kind = 'ordinary' OR managed = 1)
     ) ${tableOptions}`,
    "CREATE UNIQUE INDEX groups_one_of_a_kind ON groups (organization_id, kind) WHERE kind <> 'ordinary'",
    'CREATE INDEX groups_by_creation ON groups (organization_id, created_at, id)',
    'CREATE INDEX groups_by_name ON groups (organization_id, name_sort, id)',
    `CREATE TABLE group_members (
       organization_id ${text} NOT NULL,
       group_id ${text} NOT NULL,
       user_id ${text},
       application_id ${text},
       position ${integer} NOT NULL,
       FOREIGN KEY (organization_id, group_id) REFERENCES groups (organization_id, id) ON DELETE CASCADE,
       FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
       FOREIGN KEY (organization_id, application_id) REFERENCES applications (organization_id, id) ON DELETE CASCADE,
       UNIQUE (group_id, user_id),
       UNIQUE (group_id, application_id),
       CHECK ((user_id IS NULL) <> (application_id IS NULL))
     ) ${tableOptions}`,
    'CREATE INDEX group_members_by_user ON group_members (user_id) WHERE user_id IS NOT NULL',
    'CREATE INDEX group_members_by_application ON group_members (application_id) WHERE application_id IS NOT NULL',
    ...countRows('users'),
    ...countRows('applications'),
    ...countRows('groups'),
  ];
}
