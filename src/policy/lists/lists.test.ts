import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ListType } from '../../domain/policy.ts';
import { readEntries, writeEntries } from './csv.ts';
import { createEntries } from './entries.ts';
import { createList } from './list.ts';
import { createTexts } from './texts.ts';
import { entryValue } from './values.ts';

const forever = { expiresAt: null, note: '', by: null, at: 0 };

/** What stands in a list, what a payment says, whether that is in it. */
const CASES: [ListType, entry: string, asked: string, boolean][] = [
  ['ip', '203.0.113.9', '203.0.113.9', true],
  ['ip', '203.0.113.9', '::ffff:203.0.113.9', true],
  ['ip', '203.0.113.0/24', '203.0.113.200', true],
  ['ip', '203.0.113.77/24', '203.0.113.200', true],
  ['ip', '203.0.113.0/25', '203.0.113.200', false],
  ['ip', '0.0.0.0/0', '198.51.100.1', true],
  ['ip', '0.0.0.0/0', '2001:db8::1', false],
  ['ip', '::ffff:203.0.113.0/120', '203.0.113.200', true],
  ['ip', '203.0.113.9/32', '203.0.113.9', true],
  ['ip', '2001:DB8::/32', '2001:db8:1:2::3', true],
  ['ip', '2001:db8:8000::/33', '2001:db8:7fff::1', false],
  ['ip', '::/0', '2001:db8::1', true],
  ['network', '203.0.113.9', '203.0.113.77', true],
  ['network', '203.0.0.0/16', '203.0.113.77', true],
  ['network', '2001:db8::/64', '2001:db8::ffff:1', true],
  ['network', '2001:db8::/64', '2001:db8:0:1::1', false],
  ['email', 'A@Example.COM', 'a@example.com', true],
  ['email', 'a+b@example.com', 'a@example.com', false],
  ['mailbox', 'ab@gmail.com', 'a.b+tag@googlemail.com', true],
  ['emailDomain', 'Mailinator.com', 'someone@MAILINATOR.com', true],
  ['emailDomain', 'bücher.example', 'a@xn--bcher-kva.example', true],
  ['emailDomain', 'mailinator.com', 'a@sub.mailinator.com', false],
  ['country', 'us', 'US', true],
  ['bin', '411111', '41111122', true],
  ['bin', '41111122', '411111', false],
  ['bin', '411111-411119', '41111522', true],
  ['bin', '411111 - 411119', '411120', false],
  ['bin', '41111100-41111199', '411111', false],
  ['user', 'auth0|12345', 'auth0|12345', true],
  ['card', 'C_9', 'c_9', false],
  ['text', 'ﬁ', 'ﬁ', true],
];

test('a value is in a list in any of its spellings, or within a block or range of it', () => {
  for (const [type, entry, asked, expected] of CASES) {
    const list = createList(type);
    const value = entryValue(type, entry);
    assert.ok('value' in value, `${type} ${entry}`);
    list.entries.put(value.value, forever);
    assert.equal(list.has(asked, 1), expected, `${asked} in ${type} ${entry}`);
    // A canonical value is its own canonical form: what is shown can be sent back to delete it.
    assert.deepEqual(entryValue(type, value.value), value);
  }
});

test('what is no value of a type is refused in words', () => {
  const refused: [ListType, string][] = [
    ...[
      ['ip', '300.1.1.1'],
      ['ip', '203.0.113.0/33'],
      ['ip', 'fe80::1%eth0'],
      ['ip', '::ffff:1.2.3.4/64'],
    ],
    ...[
      ['bin', '4'],
      ['bin', '411119-411111'],
      ['bin', '4111-41115'],
      ['bin', '411111111'],
      ['country', 'USA'],
    ],
    ...[
      ['email', 'nobody'],
      ['email', '*@example.com'],
      ['mailbox', 'nobody'],
      ['emailDomain', '*.example.com'],
      ['emailDomain', '.example.com'],
      ['emailDomain', 'two words'],
      ['emailDomain', 'https://example.com'],
      ['network', 'here'],
      ['user', '  '],
      ['text', 'x'.repeat(400)],
    ],
  ] as [ListType, string][];
  for (const [type, text] of refused) {
    const value = entryValue(type, text);
    assert.ok('refused' in value && value.refused.endsWith('.'), `${type} ${text}`);
  }
});

test('blocks agree with a comparison of bits', () => {
  const four = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(3)));
  fc.assert(
    fc.property(four, four, fc.nat(32), (block, asked, length) => {
      const list = createList('ip');
      const value = entryValue('ip', `${block.join('.')}/${length}`);
      assert.ok('value' in value);
      list.entries.put(value.value, forever);
      const bits = (parts: number[]) => parts.map((part) => part.toString(2).padStart(8, '0')).join('');
      const same = bits(block).slice(0, length) === bits(asked).slice(0, length);
      assert.equal(list.has(asked.join('.'), 1), same);
    }),
  );
});

test('ranges of BINs agree with a comparison of each, overlapping ones included', () => {
  const digits = fc.stringMatching(/^[12]{2,4}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(digits, digits), { maxLength: 12 }),
      fc.stringMatching(/^[12]{2,6}$/),
      (pairs, asked) => {
        const list = createList('bin');
        const ranges = pairs.filter(([low, high]) => low.length === high.length && low < high);
        for (const [low, high] of ranges) list.entries.put(`${low}-${high}`, forever);
        const expected = ranges.some(([low, high]) => {
          const own = asked.slice(0, low.length);
          return own.length === low.length && own >= low && own <= high;
        });
        assert.equal(list.has(asked, 1), expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('blocks are found whatever their number, in both families', () => {
  const list = createList('ip');
  const value = (text: string) => {
    const made = entryValue('ip', text);
    assert.ok('value' in made, text);
    return made.value;
  };
  for (let i = 0; i < 5000; i++) {
    list.entries.put(value(`10.${i >> 8}.${i & 255}.0/${i % 2 === 0 ? 24 : 25}`), forever);
    list.entries.put(value(`2001:db8:${i.toString(16)}::/${i % 2 === 0 ? 48 : 56}`), forever);
  }
  for (let i = 0; i < 5000; i++) {
    assert.equal(list.has(`10.${i >> 8}.${i & 255}.200`, 1), i % 2 === 0);
    assert.equal(list.has(`2001:db8:${i.toString(16)}:ff00::1`, 1), i % 2 === 0);
    assert.ok(!list.has(`11.${i >> 8}.${i & 255}.1`, 1) && !list.has(`2001:db9:${i.toString(16)}::1`, 1));
  }
});

test('entries and their past agree with a naive list of all changes, over renewals, expiry and removal', () => {
  const change = fc.record({
    value: fc.constantFrom('a', 'b', 'é', '😀'),
    kind: fc.constantFrom('put', 'remove'),
    life: fc.option(fc.integer({ min: -3, max: 10 })),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const entries = createEntries();
      const now = new Map<string, number>();
      const seen: Map<string, number>[] = [];
      changes.forEach(({ value, kind, life }, at) => {
        if (kind === 'put') {
          const until = life === null ? null : at + life;
          assert.equal(entries.put(value, { ...forever, at, expiresAt: until }), !now.has(value));
          now.set(value, until ?? Number.POSITIVE_INFINITY);
        } else {
          assert.equal(entries.remove(value, at), now.delete(value));
        }
        seen.push(new Map(now));
      });
      assert.equal(entries.size, now.size);
      seen.forEach((then, at) => {
        for (const value of ['a', 'b', 'é', '😀']) {
          assert.equal(entries.wasIn(value, at), (then.get(value) ?? -1) > at, `${value} at ${at}`);
        }
      });
    }),
    { numRuns: 500 },
  );
});

test('texts keep their numbers through growth and removal', () => {
  const texts = createTexts();
  const numbers = new Map<string, number>();
  for (let i = 0; i < 5000; i++) numbers.set(`ключ ${i}`, texts.add(`ключ ${i}`));
  for (let i = 0; i < 5000; i += 3) {
    texts.remove(numbers.get(`ключ ${i}`)!);
    numbers.delete(`ключ ${i}`);
  }
  for (let i = 0; i < 4000; i++) numbers.set(`k${i}`, texts.add(`k${i}`));
  assert.equal(texts.size, numbers.size);
  for (const [text, slot] of numbers) {
    assert.equal(texts.find(text), slot);
    assert.equal(texts.text(slot), text);
  }
  assert.equal(texts.find('ключ 0'), -1);
});

test('pages are the newest first and hold together when entries come and go', () => {
  const entries = createEntries();
  for (let i = 0; i < 3000; i++) entries.put(`v${i}`, { ...forever, note: i % 2 === 0 ? 'even' : '' });
  for (let i = 0; i < 2000; i++) entries.remove(`v${i}`, 1);
  const got: string[] = [];
  let before: number | undefined;
  do {
    const { data, next } = entries.page('EVEN', before, 7);
    got.push(...data.map((one) => one.value));
    before = next;
    entries.put(`later ${got.length}`, { ...forever, note: 'even' });
  } while (before !== undefined);
  assert.deepEqual(
    got,
    Array.from({ length: 500 }, (_, i) => `v${2998 - 2 * i}`),
  );
});

test('what is looked at in steps is what is looked at in one, whatever was renewed and removed', () => {
  const entries = createEntries();
  for (let i = 0; i < 3000; i++) entries.put(`v${i}`, { ...forever, note: i % 5 === 0 ? 'five' : '' });
  for (let i = 0; i < 3000; i += 3) entries.remove(`v${i}`, 1);
  for (let i = 1; i < 3000; i += 7) entries.put(`v${i}`, { ...forever, note: 'five' });
  const whole = entries.scan('five', undefined, 10_000, Number.POSITIVE_INFINITY);
  assert.equal(whole.stopped, undefined);
  assert.ok(whole.data.length > 300);
  for (const most of [1, 7, 1000]) {
    const got: string[] = [];
    let before: number | undefined;
    do {
      const { data, stopped } = entries.scan('five', before, 10_000, most);
      got.push(...data.map((one) => one.value));
      before = stopped;
    } while (before !== undefined);
    assert.deepEqual(
      got,
      whole.data.map((one) => one.value),
    );
  }
});

test('CSV comes in and goes out', () => {
  const text = '\ufeffvalue,expiresAt,note\r\n"a,1",2026-01-31T00:00:00Z,"said ""no"""\r\nb,,\n\nc\n"d\ne",,x\n"open,,';
  const rows = [...readEntries(text)];
  const entries = rows.filter((row) => 'value' in row);
  assert.deepEqual(entries, [
    { value: 'a,1', expiresAt: '2026-01-31T00:00:00Z', note: 'said "no"' },
    { value: 'b' },
    { value: 'd\ne', note: 'x' },
  ]);
  assert.deepEqual(
    rows.filter((row) => 'line' in row),
    [
      { line: 5, message: 'It has 1 cells, and the header 3.' },
      { line: 8, message: 'A quotation mark is not closed.' },
    ],
  );
  const again = entries.map(({ value, expiresAt, note = '' }) => ({
    ...{ value, note },
    expiresAt: expiresAt === undefined ? null : Date.parse(expiresAt),
  }));
  const back = [...readEntries([...writeEntries(again)].join(''))].filter((row) => 'value' in row);
  assert.deepEqual(
    back.map(({ expiresAt, ...rest }) => ({
      ...rest,
      ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }),
    })),
    entries.map(({ expiresAt, ...rest }) => ({
      ...rest,
      ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }),
    })),
  );
  assert.throws(() => readEntries('values\na').next(), /column value/);
  assert.throws(() => readEntries('value,nota\na,b').next(), /There is no column nota/);
});
