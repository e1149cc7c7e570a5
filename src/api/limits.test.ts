import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unguarded } from '../domain/formula-guard.ts';
import { parseTime } from '../intake/time.ts';
import { csvHead, csvLine, csvRows } from './csv.ts';
import { type Allowance, createRateLimiter } from './rate-limit.ts';
import { requestId } from './request-id.ts';
import { parseWindow } from './window.ts';

test('a window lets so many through, then says when to come back', () => {
  const limiter = createRateLimiter({ max: 3, windowMs: 10_000 });
  const take = (cost: number, now: number, caller = 'a') => limiter.take(caller, cost, now) as Allowance;
  assert.deepEqual(take(1, 0), { allowed: true, limit: 3, remaining: 2, resetSeconds: 10 });
  assert.equal(take(3, 100).allowed, false, 'a batch that does not fit');
  assert.equal(take(2, 200).remaining, 0, 'and that costs nothing');
  assert.deepEqual(take(1, 9_001), { allowed: false, limit: 3, remaining: 0, resetSeconds: 1 });
  assert.equal(take(1, 9_001, 'b').allowed, true, 'others are not held up');
  assert.equal(take(1, 10_000).allowed, true, 'the next window');
});

test('callers are forgotten beyond the bound, the longest unseen first', () => {
  const limiter = createRateLimiter({ max: 1, windowMs: 1_000_000, maxCallers: 4 });
  const take = (caller: string) => (limiter.take(caller, 1, 0) as Allowance).allowed;
  for (const caller of ['a', 'b', 'c', 'd']) assert.equal(take(caller), true);
  assert.equal(take('a'), false);
  assert.equal(take('e'), true);
  assert.equal(take('a'), false, 'seen lately, so kept');
  assert.equal(take('b'), true, 'forgotten');
});

test('request ids are echoed where they are printable and short', () => {
  const next = requestId();
  const of = (sent?: string) => next({ headers: { 'x-request-id': sent } } as never);
  assert.equal(of('abc 1'), 'abc 1');
  for (const bad of ['x'.repeat(129), 'a\u0001', '', 'é', undefined]) assert.match(of(bad), /^[\w-]{12}-[0-9a-z]+$/);
  assert.notEqual(of(), of());
});

test('CSV: each row by the columns, quotes where needed, and what has none beside them', () => {
  const rows = [
    { id: 'a', note: 'say "hi", now', amount: -5 },
    { id: '=1+1', nested: { x: [1, -2] }, none: null },
  ];
  const text = csvHead(['id', 'note', 'nested']) + csvRows(['id', 'note', 'nested'], rows);
  assert.deepEqual(text.split('\r\n'), [
    'id,note,nested,other',
    'a,"say ""hi"", now",,"{""amount"":-5}"',
    `'=1+1,,"{""x"":[1,-2]}","{""none"":null}"`,
    '',
  ]);
});

test('CSV: no cell begins a formula, whatever the separator, the width or what stands before it unseen', () => {
  const starters = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
  const before = ['', ' ', '\n', '\t', '\r', '\u00a0', '\u200b', '\ufeff', ' \n'];
  const separators = [',', ';', '\t', '|'];
  const cellOf = (text: string) => {
    const line = csvLine([text]).slice(0, -2);
    return line.startsWith('"') ? line.slice(1, -1).replaceAll('""', '"') : line;
  };
  for (const starter of starters)
    for (const blank of before) {
      const formula = `${blank}${starter}1+1`;
      for (const text of [formula, ...separators.map((separator) => `a${separator}${formula}`)]) {
        const cell = cellOf(text);
        // As it comes apart by any separator, trimmed of what is not seen, no part begins one.
        for (const part of [cell, ...cell.split(/[,;\t|\r\n]/)])
          assert.ok(!/^[=+\-@＝＋－＠]/.test(part.replace(/^[\s\u200b\ufeff"]+/, '')), JSON.stringify([text, cell]));
        assert.equal(cell.replaceAll("'", ''), text, 'nothing else changes');
        for (const kept of [text, `'${text}`, `a;'${text}`]) assert.equal(unguarded(cellOf(kept)), kept);
      }
    }
  assert.equal(csvLine([-5, 'a-b', 'x=1', '2026-01-01']), '-5,a-b,x=1,2026-01-01\r\n');
});

test('times and windows', () => {
  assert.deepEqual(parseTime('2026-01-02T03:04:05.678-05:30'), {
    time: Date.UTC(2026, 0, 2, 8, 34, 5, 678),
    offsetMinutes: -330,
  });
  assert.equal(parseTime('2026-01-02')?.time, Date.UTC(2026, 0, 2));
  assert.equal(parseTime('2016-12-31T23:59:60Z')?.time, Date.UTC(2017, 0, 1));
  for (const text of ['2026-01-02T24:00:00Z', '2026-1-2', '2026-01-02T03:04:05+99:00', 'now'])
    assert.equal(parseTime(text), undefined, text);
  assert.deepEqual(
    [parseWindow('15m'), parseWindow('7d'), parseWindow('0h'), parseWindow('2y')],
    [900_000, 604_800_000, undefined, undefined],
  );
  assert.equal(parseWindow('99999999w'), undefined);
});
