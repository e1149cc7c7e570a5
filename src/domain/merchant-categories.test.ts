import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inMccGroup, isMcc, MCC_GROUPS, mccWarning } from './merchant-categories.ts';

const ALL = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(4, '0'));
const known = ALL.filter(isMcc);

/** Written down a second time, by what the codes are called. */
const CASES: [code: string, ...groups: string[]][] = [
  ['7995', 'gambling'],
  ['7801', 'gambling'],
  ['6051', 'quasi_cash'],
  ['6540', 'quasi_cash'],
  ['6011', 'cash'],
  ['4829', 'money_transfer'],
  ['6538', 'money_transfer'],
  ['6211', 'securities'],
  ['5967', 'adult', 'direct_marketing'],
  ['7273', 'adult'],
  ['5816', 'digital_goods'],
  ['5962', 'direct_marketing', 'travel'],
  ['3058', 'travel'],
  ['3501', 'travel'],
  ['4722', 'travel'],
  ['7011', 'travel'],
  ['4814', 'telecom'],
  ['5912', 'pharmacy'],
  ['5993', 'alcohol_tobacco'],
  ['5732', 'resale'],
  ['5944', 'resale'],
  ['8398', 'donations'],
  ['5411'],
  ['5723'],
  ['5812'],
];

test('codes are in the groups that their names say, and in no other', () => {
  for (const [code, ...groups] of CASES) {
    assert.ok(isMcc(code), code);
    assert.deepEqual(MCC_GROUPS.filter((group) => inMccGroup(group, code)).sort(), groups.sort(), code);
  }
});

test('every code of a group is in the table; one that is not is in none, and told', () => {
  assert.equal(known.length, 320 + 1_000);
  for (const group of MCC_GROUPS) {
    const codes = ALL.filter((code) => inMccGroup(group, code));
    assert.ok(codes.length >= 2 && codes.every(isMcc), group);
  }
  assert.equal(mccWarning('5411'), undefined);
  assert.match(mccWarning('0001')!, /^mcc 0001 is not in the table/);
  for (const odd of ['', '3', '30000', 'abcd'])
    assert.deepEqual(
      MCC_GROUPS.filter((group) => inMccGroup(group, odd)),
      [],
    );
});
