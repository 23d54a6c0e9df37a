/** The first byte of a certificate in DER, which is a sequence (X.690). */
const sequence = 0x30;

/** The text of a certificate. Programs write it as PEM, or as DER, whose base 64 PEM is (RFC 7468). */
export async function pemOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] !== sequence) return new TextDecoder().decode(bytes);
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Whether two texts are the same certificate, however their lines are broken. */
export const isSamePem = (one: string, other: string): boolean => one.replace(/\s/g, '') === other.replace(/\s/g, '');
