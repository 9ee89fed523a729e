import { describe, expect, it } from 'vitest';
import { isPrivate, networkOf } from '../../src/http/network.js';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.254'],
    ['192.0.2.1', '::ffff:192.0.2.77'],
    ['192.0.2.1', '::FFFF:c000:0201'],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:9'],
    ['fe80::1%eth0', 'fe80::1%eth1'],
    ['fe80::1%eth0', 'fe80::2'],
    // As some proxies write it in X-Forwarded-For.
    ['192.0.2.1', '192.0.2.9:51234'],
    ['2001:db8:1:2::1', '[2001:db8:1:2::9]:443'],
    ['192.0.2.1', '64:ff9b::c000:2c8'],
  ])('is the same for %s and %s', (one, other) => {
    expect(networkOf(one)).toBe(networkOf(other));
  });

  it.each([
    ['192.0.2.1', '192.0.3.1'],
    ['192.0.2.1', '191.0.2.1'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8:1:2::1', '2001:db9:1:2::1'],
    ['::1', '127.0.0.1'],
    // The first 64 bits of both are 0, but only one of them is an IPv4 address.
    ['::c000:201', '192.0.2.1'],
    ['0.0.0.1', '::1'],
    ['192.0.2.1:443', '192.0.3.1:443'],
    // Both by a translator (RFC 6052), with one prefix for all of IPv4.
    ['64:ff9b::c000:201', '64:ff9b::c633:6401'],
  ])('is not the same for %s and %s', (one, other) => {
    expect(networkOf(one)).not.toBe(networkOf(other));
  });

  it.each([
    undefined,
    '',
    'unknown',
    'localhost',
    '192.0.2.1, 198.51.100.1',
    '192.0.2.256',
    '2001:db8::1::2',
    '[::1',
    '192.0.2.1:x',
    '\0',
  ])('is one of its own for %j, which is no address', (junk) => {
    expect(networkOf(junk)).toBe('unknown');
  });
});

describe('a private address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.1.1',
    '::1',
    'fd00::1',
    'fe80::1%eth0',
    '::ffff:10.1.2.3',
  ])('is %s', (address) => {
    expect(isPrivate(address)).toBe(true);
  });

  it.each(['192.0.2.1', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'localhost', '', undefined])(
    'is not %s',
    (address) => {
      expect(isPrivate(address)).toBe(false);
    },
  );
});
