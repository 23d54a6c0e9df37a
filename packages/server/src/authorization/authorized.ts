declare const proof: unique symbol;

/**
 * Proof that a caller was allowed to use an operation, with the organization it may touch. Stores take it in place of
 * an organization id, so that a query without a check, or across tenants, looks wrong on the page.
 */
export interface Authorized {
  readonly organizationId: string;
  readonly [proof]: true;
}

/** Made by `authorize` alone. */
export function authorized(organizationId: string): Authorized {
  return { organizationId } as Authorized;
}

/** The platform's own work: first start, administration on the machine, and reading what decisions depend on. */
export function authorizedPlatform(organizationId: string): Authorized {
  return authorized(organizationId);
}
