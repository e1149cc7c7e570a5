import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressSpellings } from '../../test/support/spellings.ts';
import { canonicalAddress, canonicalNetwork, limitedAs, networkOf } from './address.ts';

/** Spelling, the one spelling. */
const ADDRESSES: [string, string | undefined][] = [
  ['198.51.100.7', '198.51.100.7'],
  ['0.0.0.0', '0.0.0.0'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['::FFFF:c633:6407', '198.51.100.7'],
  ['0:0:0:0:0:ffff:198.51.100.7', '198.51.100.7'],
  ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
  // Not mapped but once "compatible": another address than the IPv4 in it.
  ['::198.51.100.7', '::c633:6407'],
  ['::c633:6407', '::c633:6407'],
  ['64:ff9b::198.51.100.7', '64:ff9b::c633:6407'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['FE80::1%eth0', undefined],
  ['198.51.100.07', undefined],
  ['198.51.100', undefined],
  ['198.51.100.7:443', undefined],
  ['[2001:db8::1]', undefined],
  ['2001:db8::1::2', undefined],
  [' 198.51.100.7', undefined],
  ['', undefined],
];

test('an address has one spelling, and a zone or a port makes it none', () => {
  for (const [written, expected] of ADDRESSES) assert.equal(canonicalAddress(written), expected, written);
});

test('any spelling of an address is the same, and agrees with the serialisation of URLs', () => {
  fc.assert(
    fc.property(addressSpellings, ([one, other]) => {
      const canonical = canonicalAddress(one);
      assert.notEqual(canonical, undefined, one);
      assert.equal(canonicalAddress(other), canonical);
      assert.equal(canonicalAddress(canonical!), canonical);
      assert.equal(networkOf(one), networkOf(other));
      assert.equal(limitedAs(one), limitedAs(other));
      if (canonical!.includes(':')) assert.equal(`[${canonical}]`, new URL(`http://[${one}]/`).hostname);
    }),
    { numRuns: 2_000 },
  );
});

test('networks: 64 bits of IPv6 or as configured, 24 of IPv4; IPv4 is limited by address', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:db8:1:2ff:3:4:5:6', 56), '2001:db8:1:200::/56');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6', 128), '2001:db8:1:2:3:4:5:6/128');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6', 1), '::/1');
  assert.equal(networkOf('::ffff:198.51.100.7'), '198.51.100.0/24');
  assert.equal(networkOf('nowhere'), undefined);
  assert.equal(limitedAs('::ffff:198.51.100.7'), '198.51.100.7');
  assert.equal(limitedAs('2001:DB8::7'), '2001:db8::/64');
  assert.equal(canonicalNetwork('2001:DB8:0::7/64'), '2001:db8::/64');
  assert.equal(canonicalNetwork('2001:db8::7'), '2001:db8::/64');
  assert.equal(canonicalNetwork('198.51.100.9/24'), '198.51.100.0/24');
  assert.equal(canonicalNetwork('198.51.100.9/16'), undefined);
});
