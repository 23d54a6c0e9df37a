/** Things of an organization that a file can hold, in the order in which one may need another. */
export const kinds = ['project', 'application', 'group', 'policy'] as const;
export type Kind = (typeof kinds)[number];

/** The id of a thing that is there, or a stand-in for one that a plan makes. */
export type Key = string;

export const specialGroups = ['all_users', 'all_applications'] as const;
export type SpecialGroup = (typeof specialGroups)[number];

export interface ProjectValue {
  readonly name: string;
  readonly description: string;
}

export interface ApplicationValue extends ProjectValue {
  readonly tags: readonly string[];
}

export interface GroupValue extends ApplicationValue {
  readonly users: readonly Key[];
  readonly applications: readonly Key[];
}

export interface PolicyValue extends ApplicationValue {
  /** Null: attached to nobody. */
  readonly principal: Principal | null;
  readonly rules: readonly RuleValue[];
}

export interface Principal {
  readonly kind: 'user' | 'group' | 'application';
  readonly key: Key;
}

export interface RuleValue {
  readonly permissionSets: readonly string[];
  /** `account`: on the account of the owner, which no file can say. */
  readonly scope: readonly Key[] | 'organization' | 'account';
  /** Empty for none. */
  readonly condition: string;
}

/** What a thing of each kind is, apart from its identity. */
export interface Values {
  readonly project: ProjectValue;
  readonly application: ApplicationValue;
  readonly group: GroupValue;
  readonly policy: PolicyValue;
}

/** Something that is there. */
export interface Existing<K extends Kind = Kind> {
  readonly kind: K;
  readonly id: string;
  readonly value: Values[K];
  /** False: the platform refuses to change it. */
  readonly isEditable: boolean;
  /** False: it is never deleted, whatever a file says. */
  readonly isDeletable: boolean;
  /** The one project that every organization has. */
  readonly isDefault: boolean;
  readonly special: SpecialGroup | null;
  /** API keys that would go with it. */
  readonly apiKeys: number;
}

export interface User {
  readonly id: string;
  /** Empty for one that is only known by its id. */
  readonly name: string;
  readonly isOwner: boolean;
}

/** An organization as it is. */
export interface Organization {
  readonly id: string;
  readonly users: readonly User[];
  readonly project: readonly Existing<'project'>[];
  readonly application: readonly Existing<'application'>[];
  readonly group: readonly Existing<'group'>[];
  readonly policy: readonly Existing<'policy'>[];
}

/** Texts in an order that is the same everywhere. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const plurals: Readonly<Record<Kind, string>> = {
  project: 'projects',
  application: 'applications',
  group: 'groups',
  policy: 'policies',
};

/** `1 project`, `2 projects` */
export function counted(count: number, kind: Kind): string {
  return `${count} ${count === 1 ? kind : plurals[kind]}`;
}
