/** An address as eight groups of 16 bits; an IPv4 address is the IPv6 address that maps it (RFC 4291, section 2.5.5.2). */
type Address = readonly number[];

const mappedPrefix: readonly number[] = [0, 0, 0, 0, 0, 0xffff];
const ipv6Group = /^[0-9a-f]{1,4}$/i;

/** Whether an address is in the network; null when it is none. */
export type RangeTest = (address: string) => boolean | null;

/**
 * Whether an address lies in a network in CIDR notation (RFC 4632, RFC 4291). IPv4 and IPv6; an IPv4 address and the
 * IPv6 address that maps it are the same. Leading zeros, short forms and zones are no addresses.
 *
 * @returns null when either text is not what it should be
 */
export function isInIpRange(address: string, network: string): boolean | null {
  return createRangeTest(network)(address);
}

/** The same with the network read once. */
export function createRangeTest(network: string): RangeTest {
  const range = parseNetwork(network);
  if (range === null) return () => null;
  const { address, bits } = range;
  const mask = maskOf(bits - 96);
  // Most addresses are IPv4: whether the network holds any of them is known already, and one comparison tells which.
  const base = matches(mappedPrefix, address, Math.min(bits, 96)) ? ipv4Of(address) & mask : null;
  return (text) => {
    const ipv4 = parseIpv4(text);
    if (ipv4 !== null) return base !== null && (ipv4 & mask) === base;
    const parsed = parseIpv6(text);
    return parsed && matches(parsed, address, bits);
  };
}

/** The leading bits of an IPv4 address; none for numbers below 1. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : -1 << (32 - bits);
}

function matches(address: Address, base: Address, bits: number): boolean {
  let left = bits;
  for (let index = 0; left > 0; index += 1) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if (((address[index]! ^ base[index]!) & mask) !== 0) return false;
    left -= 16;
  }
  return true;
}

interface Network {
  readonly address: Address;
  /** Leading bits that count, of 128. */
  readonly bits: number;
}

/** An address without a prefix length is a network of one. */
function parseNetwork(text: string): Network | null {
  const [base = '', length, ...more] = text.split('/');
  const ipv4 = parseIpv4(base);
  const address = ipv4 === null ? parseIpv6(base) : [...mappedPrefix, ...groupsOf(ipv4)];
  if (address === null || more.length > 0) return null;
  const width = ipv4 === null ? 128 : 32;
  if (length !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(length)) return null;
  const bits = length === undefined ? width : Number(length);
  return bits > width ? null : { address, bits: bits + 128 - width };
}

const ipv4Of = (address: Address): number => (address[6]! << 16) | address[7]!;
const groupsOf = (ipv4: number): Address => [ipv4 >>> 16, ipv4 & 0xffff];

const dot = 0x2e;
const zero = 0x30;

/**
 * Four decimal bytes, without leading zeros, as one number of 32 bits. Read character by character: every decision
 * under such a condition does it.
 */
function parseIpv4(text: string): number | null {
  let address = 0;
  let byte = -1;
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === dot) {
      if (byte < 0) return null;
      address = (address << 8) | byte;
      byte = -1;
      bytes += 1;
      continue;
    }
    const digit = code - zero;
    if (digit < 0 || digit > 9 || byte === 0) return null;
    byte = byte < 0 ? digit : byte * 10 + digit;
    if (byte > 255) return null;
  }
  return bytes === 3 && byte >= 0 ? (address << 8) | byte : null;
}

/** RFC 4291, section 2.2: eight groups, one run of zeros as `::`, the last two perhaps as an IPv4 address. */
function parseIpv6(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : parseGroups(half)));
  if (!head || (halves.length === 2 && !tail)) return null;
  const after = tail ?? [];
  const missing = 8 - head.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  // The IPv4 form stands at the end only.
  if (halves.length === 2 && halves[0]!.includes('.')) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...after];
}

function parseGroups(text: string): number[] | null {
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const embedded = parseIpv4(part);
      if (embedded === null) return null;
      groups.push(...groupsOf(embedded));
    } else if (ipv6Group.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
