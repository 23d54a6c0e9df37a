/** An address as eight groups of 16 bits; an IPv4 address is the IPv6 address that maps it (RFC 4291, section 2.5.5.2). */
type Address = readonly number[];

const mapped: readonly number[] = [0, 0, 0, 0, 0, 0xffff];
const ipv4Part = /^(?:0|[1-9]\d{0,2})$/;
const ipv6Group = /^[0-9a-f]{1,4}$/i;

/** Networks of recent conditions: texts of policies, so few; the map is emptied rather than let grow. */
const networks = new Map<string, Network | null>();
const maximumNetworks = 10_000;

interface Network {
  readonly address: Address;
  /** Leading bits that count, of 128. */
  readonly bits: number;
}

/**
 * Whether an address lies in a network in CIDR notation (RFC 4632, RFC 4291). IPv4 and IPv6; an IPv4 address and the
 * IPv6 address that maps it are the same. Leading zeros, short forms and zones are no addresses.
 *
 * @returns null when either text is not what it should be
 */
export function isInIpRange(address: string, network: string): boolean | null {
  const range = readNetwork(network);
  const parsed = range === null ? null : parseAddress(address);
  if (range === null || parsed === null) return null;
  let left = range.bits;
  for (let index = 0; left > 0; index += 1) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if (((parsed[index]! ^ range.address[index]!) & mask) !== 0) return false;
    left -= 16;
  }
  return true;
}

function readNetwork(text: string): Network | null {
  const known = networks.get(text);
  if (known !== undefined) return known;
  if (networks.size >= maximumNetworks) networks.clear();
  const network = parseNetwork(text);
  networks.set(text, network);
  return network;
}

/** An address without a prefix length is a network of one. */
function parseNetwork(text: string): Network | null {
  const [base = '', length, ...more] = text.split('/');
  const address = parseAddress(base);
  if (address === null || more.length > 0) return null;
  const width = base.includes(':') ? 128 : 32;
  if (length !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(length)) return null;
  const bits = length === undefined ? width : Number(length);
  return bits > width ? null : { address, bits: bits + 128 - width };
}

function parseAddress(text: string): Address | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes: number[] = [];
  for (const part of parts) {
    if (!ipv4Part.test(part) || Number(part) > 255) return null;
    bytes.push(Number(part));
  }
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return [...mapped, (a << 8) | b, (c << 8) | d];
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
      groups.push(...embedded.slice(6));
    } else if (ipv6Group.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
