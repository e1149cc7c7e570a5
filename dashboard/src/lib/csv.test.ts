import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv } from './csv.ts';

test('cells are quoted where they must be, and what a spreadsheet would run is text', () => {
  const rows = [
    { id: 'a', note: 'one, "two"\nthree', amount: -3 },
    { id: '=HYPERLINK("x")', note: undefined, amount: 0 },
    { id: '@x', note: { deep: 1 }, amount: undefined },
  ];
  assert.equal(
    toCsv(['id', 'note', 'amount'], rows),
    'id,note,amount\r\na,"one, ""two""\nthree",-3\r\n"\'=HYPERLINK(""x"")",,0\r\n\'@x,"{""deep"":1}",\r\n',
  );
});
