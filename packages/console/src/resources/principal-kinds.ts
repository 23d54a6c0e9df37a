/** Who may be asked about, as inputs and addresses name them. */
export const principalKinds = ['user_id', 'application_id'] as const;

export type PrincipalKind = (typeof principalKinds)[number];
