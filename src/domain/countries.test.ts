import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalCountry, country } from './countries.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const PAIRS = LETTERS.flatMap((a) => LETTERS.map((b) => a + b));

test('all 676 pairs: 249 countries and Kosovo as they are, two names read as the code, the rest warned', () => {
  // CLDR by Node's ICU, an independent source: what it knows besides countries of today is listed here.
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const notCountries = new Set(
    'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB YD YU ZR ZZ'.split(' '),
  );
  let silent = 0;
  for (const pair of PAIRS) {
    const found = country(pair)!;
    const known = names.of(pair) !== undefined && !notCountries.has(pair);
    assert.equal(found.warning === undefined, known, pair);
    assert.equal(found.code, { UK: 'GB', EL: 'GR' }[pair] ?? pair);
    assert.deepEqual(country(pair.toLowerCase()), found);
    assert.equal(canonicalCountry(pair.toLowerCase()), found.code);
    if (found.warning) assert.ok(found.warning.includes(pair));
    else silent++;
  }
  assert.equal(silent, 249 + 1);
});

test('what was read as another code, has ceased or never was says so', () => {
  assert.match(country('uk')!.warning!, /UK is read as GB/);
  assert.match(country('EL')!.warning!, /EL is read as GR/);
  assert.match(country('YU')!.warning!, /no longer .*RS, ME/);
  assert.match(country('ZZ')!.warning!, /not a code of ISO 3166-1; it is kept/);
  assert.equal(country('XK')!.warning, undefined);
  for (const text of ['', 'G', 'GBR', '12', 'é1', 'U K']) assert.equal(country(text), undefined);
});
