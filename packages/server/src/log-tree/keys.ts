import type { SignedLogHead } from '@bailiwick/contract/log-tree';
import type { SigningKey } from '../secrets.ts';

/** The keys whose signatures count; the first one signs. */
export type LogKeys = readonly [SigningKey, ...(readonly SigningKey[])];

/** The key that a head names; the first where it names none of these, and then the signature does not fit. */
export function signerOf({ key_id: id }: Pick<SignedLogHead, 'key_id'>, keys: LogKeys): SigningKey {
  return keys.find(({ kid }) => kid === id) ?? keys[0];
}
