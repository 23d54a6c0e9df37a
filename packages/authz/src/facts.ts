/**
 * What the engine knows of one organization, and what it is asked: plain data, whoever keeps it. Ids are opaque texts
 * that compare exactly; times are microseconds since 1970.
 */

/** Everything that decisions in one organization depend on. */
export interface OrganizationFacts {
  readonly id: string;
  /** Projects that exist now; the default project is one of them. */
  readonly projects: readonly string[];
  readonly users: readonly UserFact[];
  readonly applications: readonly ApplicationFact[];
  readonly groups: readonly GroupFact[];
  readonly policies: readonly PolicyFact[];
}

export interface UserFact {
  readonly id: string;
  /** The one user who may do everything. */
  readonly owner: boolean;
  /** Known, and refused everything until it is unlocked. */
  readonly locked: boolean;
}

export interface ApplicationFact {
  readonly id: string;
  /** Owned by the platform: not in the group of all applications. */
  readonly managed: boolean;
}

export interface GroupFact {
  readonly id: string;
  /** Members of the two special kinds are computed; the lists are then empty. */
  readonly kind: 'ordinary' | 'all_users' | 'all_applications';
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
}

export interface PolicyFact {
  readonly id: string;
  readonly name: string;
  /** Id of a user, application or group; null for a policy that is attached to nobody and grants nothing. */
  readonly principalId: string | null;
  readonly rules: readonly RuleFact[];
}

export interface RuleFact {
  readonly id: string;
  readonly permissionSetIds: readonly string[];
  readonly scope: RuleScope;
  /** A CEL expression; empty for none. */
  readonly condition: string;
}

/**
 * Where a rule grants: in the organization, which for permissions on projects means all of them, now and later; in the
 * listed projects; or on an account, which grants nothing here.
 */
export type RuleScope =
  | { readonly kind: 'organization' }
  | { readonly kind: 'projects'; readonly projectIds: readonly string[] }
  | { readonly kind: 'account_root_user' };

/** One thing changed: the fact as it is now, or the id of what is gone. */
export type FactChange =
  | { readonly kind: 'project'; readonly id: string; readonly exists: boolean }
  | { readonly kind: 'user'; readonly id: string; readonly fact: UserFact | null }
  | { readonly kind: 'application'; readonly id: string; readonly fact: ApplicationFact | null }
  | { readonly kind: 'group'; readonly id: string; readonly fact: GroupFact | null }
  | { readonly kind: 'policy'; readonly id: string; readonly fact: PolicyFact | null };

/** What conditions see. */
export interface Circumstances {
  /** Time of the request, in microseconds since 1970: the engine has no clock. */
  readonly now: number;
  readonly request?: RequestAttributes;
  /** Absent where no single resource is the target, as in a list. */
  readonly resource?: ResourceAttributes;
  /** Seen by conditions as `subject`, where the one who asks describes it. */
  readonly subject?: SubjectAttributes;
}

/** May this principal do that there, now? */
export interface Question extends Circumstances {
  /** Id of a user or an application. */
  readonly principalId: string;
  /** `service:resource:action` */
  readonly permission: string;
  readonly scope: QuestionScope;
  /** When the credential ends that the principal uses; null or absent for never. */
  readonly expiresAt?: number | null;
  /** The user it is about, for permissions that every user holds on itself. */
  readonly aboutUserId?: string;
}

/** A permission on projects is asked of one project, or of the organization: then it must hold in all of them. */
export type QuestionScope =
  | { readonly kind: 'organization'; readonly organizationId: string }
  | { readonly kind: 'project'; readonly projectId: string };

export interface RequestAttributes {
  readonly ip?: string;
  /** Cut to 255 characters before conditions see it. */
  readonly userAgent?: string;
}

export interface ResourceAttributes {
  readonly id?: string;
  readonly name?: string;
  /** A region, a zone, or `global`. */
  readonly locality?: string;
  readonly properties?: Properties;
}

export interface SubjectAttributes {
  readonly id?: string;
  readonly type?: string;
  readonly properties?: Properties;
}

/** JSON of the one who asks. */
export type Properties = Readonly<Record<string, unknown>>;
