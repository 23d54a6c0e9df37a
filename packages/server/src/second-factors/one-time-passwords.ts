import { Secret, TOTP } from 'otpauth';
import encodeQR from 'qr';

/** What apps understand without being told: SHA-1, six digits, a new one every 30 seconds (RFC 6238, section 1.2). */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** RFC 4226, section 4, R6 recommends 160 bits. */
const secretBytes = 20;
/** Steps before and after the present one: clocks differ, and typing takes a while (RFC 6238, section 5.2). */
const skew = 1;

/** A new secret in base 32, as apps want it. */
export const newOneTimeSecret = (): string => new Secret({ size: secretBytes }).base32;

/**
 * The step that a one-time password belongs to, if it is one of those that count now: its number is what makes it usable
 * once.
 *
 * @param now in microseconds since 1970
 */
export function stepOf(secret: string, password: string, now: number): number | null {
  const timestamp = Math.floor(now / 1000);
  const options = { ...form, secret: Secret.fromBase32(secret), timestamp };
  const difference = TOTP.validate({ ...options, token: password, window: skew });
  return difference === null ? null : TOTP.counter({ period: form.period, timestamp }) + difference;
}

/** The one-time password at a time, in microseconds since 1970. */
export function oneTimePasswordAt(secret: string, now: number): string {
  return TOTP.generate({ ...form, secret: Secret.fromBase32(secret), timestamp: Math.floor(now / 1000) });
}

/** The `otpauth` address that apps take a secret from. */
export function oneTimePasswordUri(account: {
  readonly secret: string;
  /** Shown in the app: who asks for the password, and for which user. */
  readonly issuer: string;
  readonly username: string;
}): string {
  const { secret, username: label } = account;
  // A colon divides the issuer from the name.
  const issuer = account.issuer.replaceAll(':', ' ');
  return new TOTP({ ...form, issuer, label, secret: Secret.fromBase32(secret) }).toString();
}

/** An address as a QR code, in SVG. */
export const qrCode = (address: string): string => encodeQR(address, 'svg', { border: 4 });
