import { describe, expect, it } from 'vitest';
import { createRangeTest, isInIpRange } from '../src/conditions/ip-range.ts';

describe('an address in a network', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['192.0.2.7', '192.0.2.0/24', true],
    ['192.0.3.7', '192.0.2.0/24', false],
    ['255.255.255.255', '128.0.0.0/1', true],
    ['127.255.255.255', '128.0.0.0/1', false],
    ['192.0.2.1', '192.0.2.0/31', true],
    ['192.0.2.2', '192.0.2.0/31', false],
    ['192.0.2.0', '192.0.2.1/32', false],
    ['0.0.0.0', '0.0.0.0/0', true],
    ['10.20.30.40', '10.20.30.40', true],
    ['10.20.30.41', '10.20.30.40', false],
    // The network may be written with any of its addresses.
    ['192.0.2.7', '192.0.2.99/24', true],
    ['2001:db8::7', '2001:db8::/32', true],
    ['2001:db9::7', '2001:db8::/32', false],
    ['2001:db8:8000::', '2001:db8::/33', false],
    ['2001:db8:7fff::', '2001:db8::/33', true],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:db8::2', '2001:db8::1', false],
    ['2001:DB8::A', '2001:db8::a/128', true],
    ['::1:2:3:4:5:6:7', '0:1:2:3:4:5:6:7/128', true],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', true],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304', true],
    ['::1.2.3.4', '::102:304', true],
    ['::', '::/128', true],
    ['::1', '::/0', true],
    // An IPv4 address and the IPv6 address that maps it are the same.
    ['::ffff:192.0.2.7', '192.0.2.0/24', true],
    ['::ffff:c000:0207', '192.0.2.0/24', true],
    ['192.0.2.7', '::ffff:192.0.2.0/120', true],
    ['192.0.3.7', '::ffff:192.0.2.0/120', false],
    ['192.0.2.7', '::ffff:0:0/96', true],
    ['192.0.2.7', '::/0', true],
    ['192.0.2.7', '::/80', true],
    ['192.0.2.7', '::/81', false],
    ['192.0.2.7', '::/96', false],
    ['192.0.2.7', '2001:db8::/32', false],
    ['::192.0.2.7', '192.0.2.0/24', false],
    ['2001:db8::c000:207', '192.0.2.0/24', false],
  ];
  for (const [address, network, expected] of cases) {
    it(`${address} is ${expected ? 'in' : 'not in'} ${network}`, () => {
      expect(isInIpRange(address, network)).toBe(expected);
      expect(createRangeTest(network)(address)).toBe(expected);
    });
  }
});

describe('what is no address', () => {
  const texts = [
    ...['', '.', '...', '1', '1.2.3', '1.2.3.', '.1.2.3', '1..2.3', '1.2.3.4.', '1.2.3.4.5', '1.2.3.4/32', '01.2.3.4'],
    ...['1.2.3.00', '1.2.3.256', '1.2.3.1000', '1.2.3.a', '1.2.3.:', '1.2.3./', '+1.2.3.4', ' 1.2.3.4', '1.2.3.4\n'],
    ...[':', ':::', '1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4::5:6:7:8', '1::2::3', '1:2:3:4:5:6:7::8::9'],
    ...['12345::', 'g::', '::g', '1:2:3:4:5:6:7:', ':1:2:3:4:5:6:7', 'fe80::1%eth0', '::ffff:1.2.3', '::1.2.3.256'],
    ...['1.2.3.4::', '1.2.3.4::1', '1:2:3:4:5:1.2.3.4:8', '1:2:3:4:5:6:7:1.2.3.4', '[::1]', '::1/128', '::-1'],
  ];
  for (const text of texts) {
    it(JSON.stringify(text), () => {
      expect(isInIpRange(text, '0.0.0.0/0')).toBeNull();
      expect(isInIpRange(text, '::/0')).toBeNull();
      if (!text.includes('/')) expect(isInIpRange('::1', text)).toBeNull();
    });
  }
});

describe('what is no network', () => {
  const texts = [
    ...['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/00', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/8/', '/8'],
    ...['::/129', '::/0x10', '::/1e1', '::/ 8', '::/8 ', '10.0.0.0/255.0.0.0', '10.0.0.0/1000', '::/1000', '/'],
  ];
  for (const text of texts) {
    it(JSON.stringify(text), () => {
      expect(isInIpRange('10.0.0.1', text)).toBeNull();
      expect(isInIpRange('not an address', text)).toBeNull();
    });
  }
});
