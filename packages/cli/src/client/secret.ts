/** The first eight characters tell keys apart and give nothing away. */
export function maskSecret(secret: string): string {
  return secret.length > 16 ? `${secret.slice(0, 8)}-xxxx-xxxx-xxxx-xxxxxxxxxxxx` : 'xxxxxxxx';
}

/** Whether what stands under a name should not be shown: `secret_key`, `password`, `renew-token`. */
export function isSecretName(name: string): boolean {
  // A switch such as `show-secret` holds none.
  return /(?<!show)(?:^|[-_.])(?:secret|secret[-_]key|password|token)$/i.test(name);
}
