import { createHash } from 'node:crypto';
import { invalidArgument, type SshKeyType, sshKeyTypes } from '@bailiwick/contract';

/** A public key without its comment, and its fingerprint as the API shows it. */
export interface PublicKey {
  readonly publicKey: string;
  readonly fingerprint: string;
}

const minimumRsaBits = 1024;
const ed25519Length = 32;
/** Curve and bytes of a coordinate of each ECDSA type (RFC 5656, sections 6.1 and 10.1). */
const curves: Partial<Record<SshKeyType, { readonly curve: string; readonly bits: number }>> = {
  'ecdsa-sha2-nistp256': { curve: 'nistp256', bits: 256 },
  'ecdsa-sha2-nistp384': { curve: 'nistp384', bits: 384 },
  'ecdsa-sha2-nistp521': { curve: 'nistp521', bits: 521 },
};

/**
 * Reads the line of a `.pub` file: type, base64 and an optional comment, which is dropped. The key must be complete
 * and of the type that stands before it (RFC 4253, section 6.6; RFC 8709 for Ed25519).
 *
 * @throws ApiError `invalid_arguments` on `public_key`
 */
export function parsePublicKey(line: string): PublicKey {
  const [type = '', encoded = ''] = line.trim().split(/[ \t]+/);
  if (/[\r\n]/.test(line.trim())) throw refused('a public key is one line');
  if (!isSshKeyType(type)) throw refused(`the key begins with its type, one of ${sshKeyTypes.join(', ')}`);
  const blob = Buffer.from(encoded, 'base64');
  if (blob.length === 0 || blob.toString('base64') !== encoded) throw refused('the key after its type is base64');
  const bits = bitsOf(type, fieldsOf(blob));
  const digest = createHash('md5').update(blob).digest('hex').match(/../g)?.join(':');
  return { publicKey: `${type} ${encoded}`, fingerprint: `${bits} MD5:${digest} (${type})` };
}

const refused = (help: string) => invalidArgument('public_key', 'format', help);

const isSshKeyType = (type: string): type is SshKeyType => sshKeyTypes.some((known) => known === type);

/** The fields of a key: each has its length in front, in four bytes. */
function fieldsOf(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) throw refused('the key is cut off');
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) throw refused('the key is cut off');
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function bitsOf(type: SshKeyType, [inner = Buffer.alloc(0), ...numbers]: readonly Buffer[]): number {
  if (inner.toString('latin1') !== type) throw refused('the type before the key is not the type within it');
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = numbers;
  const curve = curves[type];
  if (type === 'ssh-ed25519' && numbers.length === 1 && first.length === ed25519Length) return 256;
  if (curve && numbers.length === 2 && first.toString('latin1') === curve.curve && isPoint(second, curve.bits))
    return curve.bits;
  if (type === 'ssh-rsa' && numbers.length === 2 && integerBits(first) > 1) {
    if (integerBits(second) < minimumRsaBits) throw refused(`an RSA key has at least ${minimumRsaBits} bits`);
    return integerBits(second);
  }
  if (type === 'ssh-dss' && numbers.length === 4 && numbers.every((number) => integerBits(number) > 0))
    return integerBits(first);
  throw refused('the key does not have the parts of its type');
}

/** An uncompressed point: 4, then both coordinates (SEC 1, section 2.3.3). */
const isPoint = (point: Buffer, bits: number) => point.length === 1 + 2 * Math.ceil(bits / 8) && point[0] === 4;

/** Bits of a positive number; 0 for any other, and for one with needless zeros in front (RFC 4251, section 5). */
function integerBits(number: Buffer): number {
  const [lead, next = 0] = number;
  if (lead === undefined || lead >= 0x80 || (lead === 0 && next < 0x80)) return 0;
  const significant = lead === 0 ? number.subarray(1) : number;
  return significant.length * 8 - Math.clz32(significant[0] ?? 0) + 24;
}
