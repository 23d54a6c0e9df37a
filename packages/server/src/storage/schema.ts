import type { Generated } from 'kysely';

/**
 * The tables, one interface each. Times are microseconds since 1970, durations seconds, booleans 0 or 1, tags JSON
 * arrays; `*_sort` columns hold sort keys that order alike on both databases.
 */
export interface Database {
  installation: InstallationTable;
  organizations: OrganizationTable;
  projects: ProjectTable;
  users: UserTable;
  applications: ApplicationTable;
  groups: GroupTable;
  group_members: GroupMemberTable;
  policies: PolicyTable;
  rules: RuleTable;
  rule_permission_sets: RulePermissionSetTable;
  rule_projects: RuleProjectTable;
  api_keys: ApiKeyTable;
  ssh_keys: SshKeyTable;
  jwts: JwtTable;
  outbox: OutboxTable;
  one_time_passwords: OneTimePasswordTable;
  recovery_codes: RecoveryCodeTable;
  webauthn_authenticators: WebauthnAuthenticatorTable;
  webauthn_ceremonies: WebauthnCeremonyTable;
  grace_periods: GracePeriodTable;
  connection_tokens: ConnectionTokenTable;
  connections: ConnectionTable;
  sign_in_attempts: SignInAttemptTable;
  sign_in_grants: SignInGrantTable;
  password_links: PasswordLinkTable;
  sign_in_limits: SignInLimitTable;
  signing_keys: SigningKeyTable;
  audit_entries: AuditEntryTable;
  log_heads: LogHeadTable;
  log_nodes: LogNodeTable;
  known_permission_sets: KnownPermissionSetTable;
  saml: SamlTable;
  saml_certificates: SamlCertificateTable;
  scim: ScimTable;
  scim_tokens: ScimTokenTable;
  compatibility: CompatibilityTable;
  quota_overrides: QuotaOverrideTable;
  resource_counts: ResourceCountTable;
}

export type Bit = 0 | 1;

export interface InstallationTable {
  singleton: 1;
  created_at: number;
  /** Keyed hash of a fixed text: tells whether a server key belongs to this database. */
  server_key_check: string;
}

export interface OrganizationTable {
  id: string;
  name: string;
  alias: string | null;
  created_at: number;
  /** Incremented by every change, in its transaction. */
  revision: Generated<number>;
  login_password_enabled: Generated<Bit>;
  login_magic_code_enabled: Generated<Bit>;
  login_oauth2_enabled: Generated<Bit>;
  login_saml_enabled: Generated<Bit>;
  enforce_password_renewal: Generated<Bit>;
  grace_period_duration: Generated<number>;
  login_attempts_before_locked: Generated<number>;
  max_login_session_duration: Generated<number>;
  max_api_key_expiration_duration: Generated<number>;
  /** Nobody gives more than they hold. */
  no_escalation: Generated<Bit>;
  /** Everybody must have a second factor. */
  enforce_mfa: Generated<Bit>;
}

interface Timed {
  id: string;
  organization_id: string;
  created_at: number;
  updated_at: number;
}

interface Owned {
  editable: Generated<Bit>;
  deletable: Generated<Bit>;
  managed: Generated<Bit>;
}

export interface ProjectTable extends Timed {
  name: string;
  name_sort: string;
  description: string;
}

export interface UserTable extends Timed {
  type: 'owner' | 'member';
  status: 'activated' | 'invitation_pending';
  email: string;
  email_sort: string;
  username: string;
  /** Unique in the organization: usernames that differ in case only are the same. */
  username_key: string;
  first_name: string;
  last_name: string;
  phone_number: string;
  locale: string;
  /** argon2id, in its own text form; null without a password. */
  password_hash: string | null;
  /** The user has chosen the password, and nobody else. */
  password_renewed: Generated<Bit>;
  mfa: Generated<Bit>;
  locked: Generated<Bit>;
  account_root_user_id: string | null;
  last_login_at: number | null;
  last_login_order: Generated<number>;
  /** One after another, since the last sign-in. */
  failed_sign_ins: Generated<number>;
  tags: string;
}

export interface ApplicationTable extends Timed, Owned {
  name: string;
  name_sort: string;
  description: string;
  tags: string;
}

export interface GroupTable extends Timed, Owned {
  /** Members of the special groups are computed. */
  kind: 'ordinary' | 'all_users' | 'all_applications';
  name: string;
  name_sort: string;
  description: string;
  tags: string;
}

export interface GroupMemberTable {
  organization_id: string;
  group_id: string;
  user_id: string | null;
  application_id: string | null;
  /** Order in which the members were given. */
  position: number;
}

export interface PolicyTable extends Timed, Owned {
  name: string;
  name_sort: string;
  description: string;
  tags: string;
  user_id: string | null;
  group_id: string | null;
  application_id: string | null;
}

export interface RuleTable {
  id: string;
  organization_id: string;
  policy_id: string;
  position: number;
  /** `organization`: the whole organization; `projects`: those in rule_projects. */
  scope: 'organization' | 'projects';
  /** The type that its permission sets share; unknown when it has none. */
  scope_type: 'organization' | 'projects' | 'unknown_scope_type';
  condition: string;
}

export interface RulePermissionSetTable {
  organization_id: string;
  rule_id: string;
  position: number;
  permission_set_id: string;
}

export interface RuleProjectTable {
  organization_id: string;
  rule_id: string;
  position: number;
  project_id: string;
}

export interface ApiKeyTable extends Owned {
  access_key: string;
  organization_id: string;
  /** HMAC-SHA256 of the secret under the server key, hexadecimal. */
  secret_hash: string;
  user_id: string | null;
  application_id: string | null;
  description: string;
  created_at: number;
  updated_at: number;
  expires_at: number | null;
  expires_order: Generated<number>;
  default_project_id: string;
  creation_ip: string;
  /** To a minute; null for a key that was never used. */
  last_used_at: Generated<number | null>;
  /** When its bearer was told that it ends; null before. */
  expiry_notice_at: Generated<number | null>;
}

export interface SshKeyTable extends Timed {
  project_id: string;
  name: string;
  name_sort: string;
  public_key: string;
  fingerprint: string;
  disabled: Generated<Bit>;
}

export interface JwtTable {
  jti: string;
  organization_id: string;
  issuer_id: string;
  audience_id: string;
  created_at: number;
  updated_at: number;
  expires_at: number;
  ip: string;
  user_agent: string;
  /** Keyed hash of the renew token. */
  renew_hash: string;
  /** Keyed hash of what all renew tokens of the session have in common. */
  renew_family: string | null;
  /** Renewals and sessions begun in a session keep it: the longest life counts from here. */
  signed_in_at: number;
}

/** A sign-in under way. */
/** A session that a program may begin: a code for one at a loopback address, or a device that waits to be approved. */
export interface SignInGrantTable {
  /** Keyed hash of the code, or of the token that the device asks with. */
  token_hash: string;
  kind: 'code' | 'device';
  /** Keyed hash of what is typed for a device. */
  user_code_hash: string | null;
  /** What the verifier of a code must hash to. */
  code_challenge: string | null;
  /** Null until somebody approves it. */
  organization_id: string | null;
  user_id: string | null;
  /** When whoever approved it had signed in; the session ends no later than that one would. */
  signed_in_at: number | null;
  ip: string;
  user_agent: string;
  created_at: number;
  expires_at: number;
}

export interface SignInAttemptTable {
  /** Keyed hash of the token of the next step. */
  token_hash: string;
  /** Null for names that nobody has. */
  organization_id: string | null;
  user_id: string | null;
  /** Keyed hash of the names that it began with: what is counted. */
  account: string;
  /** Which proof it waits for. */
  step: 'first' | 'code' | 'second';
  /** Keyed hash of the code that was mailed. */
  code_hash: string | null;
  /** What an authenticator is to sign, in base 64 for URLs; null until it is asked for, and after a wrong proof. */
  challenge: Generated<string | null>;
  failures: Generated<number>;
  expires_at: number;
  /** Identifier of the request that an identity provider is to answer; such an attempt waits for that, whatever its step. */
  saml_request: Generated<string | null>;
  saml_id: Generated<string | null>;
  /** Keyed hash of the token that the answer was taken for; null while there is none. */
  saml_answer_hash: Generated<string | null>;
}

/** A mailed link that sets a password. */
export interface PasswordLinkTable {
  token_hash: string;
  organization_id: string;
  user_id: string;
  kind: 'activation' | 'recovery';
  expires_at: number;
}

/** Of the installation: how often something was tried. */
export interface SignInLimitTable {
  /** Keyed hash of what is limited. */
  name: string;
  tries: number;
  resets_at: number;
}

/** Of the installation: which keys have signed session tokens. */
export interface SigningKeyTable {
  generation: number;
  created_at: number;
}

export interface OutboxTable {
  id: string;
  organization_id: string;
  kind: string;
  /** E-mail address. */
  recipient: string;
  /** What the template needs, sealed; null once it is sent. */
  sealed_content: string | null;
  created_at: number;
  /** Null when it was sent or given up. */
  next_attempt_at: number | null;
  attempts: Generated<number>;
  sent_at: number | null;
  last_error: Generated<string>;
}

interface OfUser {
  organization_id: string;
  user_id: string;
}

export interface OneTimePasswordTable extends OfUser {
  sealed_secret: string;
  created_at: number;
  /** Null until the first password shows that the app has the secret. */
  validated_at: number | null;
  /** Of the newest password that was used: none counts twice, nor an older one. */
  last_step: Generated<number>;
}

export interface RecoveryCodeTable extends OfUser {
  /** Keyed hash of the user and the code. */
  code_hash: string;
}

export interface WebauthnAuthenticatorTable extends OfUser {
  id: string;
  name: string;
  created_at: number;
  last_login_at: number | null;
  /** In base 64 for URLs, like the public key in COSE form. */
  credential_id: string;
  public_key: string;
  sign_count: number;
}

export interface WebauthnCeremonyTable extends OfUser {
  id: string;
  /** In base 64 for URLs. */
  challenge: string;
  expires_at: number;
}

export interface GracePeriodTable extends OfUser {
  type: 'update_password' | 'set_mfa';
  created_at: number;
  expires_at: number;
  /** When a mail reminds of it; null once it has, and where none does. */
  remind_at: number | null;
}

export interface ConnectionTokenTable extends OfUser {
  token_hash: string;
  /** The session it was made in. */
  jti: string;
  expires_at: number;
}

export interface ConnectionTable extends OfUser {
  target_organization_id: string;
  target_user_id: string;
  created_at: number;
}

export interface AuditEntryTable {
  organization_id: string;
  /** The revision that the change made. */
  revision: number;
  id: string;
  created_at: number;
  operation: string;
  action: 'created' | 'updated' | 'deleted';
  resource_type: string;
  resource_id: string;
  bearer_type: 'user' | 'application' | 'platform';
  bearer_id: string;
  ip: string;
  user_agent: string;
  request_id: string;
  /** Why something did not succeed; empty for what did. */
  reason: Generated<string>;
  /** Hexadecimal; null in entries of servers that knew no tree (docs/log-tree.md). */
  leaf_hash: Generated<string | null>;
}

/** What was signed last of the log of an organization. */
export interface LogHeadTable {
  organization_id: string;
  tree_size: number;
  root_hash: string;
  adopted_size: number;
  signed_at: number;
  key_id: string;
  signature: string;
  /** The perfect subtrees, largest first: hexadecimal. */
  frontier: string;
}

/** Perfect subtrees of a log that are complete, the small ones left out. */
export interface LogNodeTable {
  organization_id: string;
  /** It has 2^level leaves. */
  level: number;
  /** Its first leaf is position * 2^level. */
  position: number;
  hash: string;
}

/** One for an organization. */
export interface SamlTable extends Timed {
  /** Empty until it is set, as in the next. */
  entity_id: string;
  single_sign_on_url: string;
}

export interface SamlCertificateTable {
  id: string;
  organization_id: string;
  saml_id: string;
  type: 'signing' | 'encryption';
  content: string;
  expires_at: number;
  created_at: number;
}

/** One for an organization. */
export interface ScimTable {
  id: string;
  organization_id: string;
  created_at: number;
}

export interface ScimTokenTable {
  id: string;
  organization_id: string;
  scim_id: string;
  secret_hash: string;
  created_at: number;
  expires_at: number;
}

/** Of the installation: one row. */
export interface CompatibilityTable {
  singleton: 1;
  least_migration: string;
}

/** Of the installation, not of an organization. */
export interface KnownPermissionSetTable {
  id: string;
  /** The last one it had. */
  name: string;
  scope_type: 'projects' | 'organization';
  first_seen_at: number;
}

export interface QuotaOverrideTable {
  organization_id: string;
  name: string;
  /** Null for no limit. */
  value: number | null;
}

/** Rows of each table by organization, kept by triggers, so that a list knows its length without counting. */
export interface ResourceCountTable {
  organization_id: string;
  resource: CountedTable;
  total: number;
}

export const countedTables = [
  'projects',
  'users',
  'applications',
  'groups',
  'policies',
  'api_keys',
  'ssh_keys',
] as const;
export type CountedTable = (typeof countedTables)[number];
