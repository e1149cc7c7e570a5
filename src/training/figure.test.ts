import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { figureReader, type NumberStyle } from './figure.ts';
import { detectStyle } from './number-style.ts';

const POINT: NumberStyle = { decimal: '.' };
const COMMA: NumberStyle = { decimal: ',' };

/** Cells as people write them: how the file does, the cell, and the number with the first of its currencies; undefined where it is refused. */
const CELLS: [style: NumberStyle, text: string, plain: string | undefined, currency?: string][] = [
  ...(
    [
      ['1,234.50', '1234.50'],
      ['1,234', '1234'],
      ['12,34,567.8', '1234567.8'],
      ['1,234,567', '1234567'],
      ['1 234.50', '1234.50'],
      ['1\u00a0234.50', '1234.50'],
      ['1\u202f234.50', '1234.50'],
      ["1'234.50", '1234.50'],
      ['1\u2019234.50', '1234.50'],
      ['.5', '.5'],
      ['5.', '5.'],
      ['+5', '+5'],
      ['1.5e3', '1.5e3'],
      ['$1,234.50', '1234.50', 'USD'],
      ['€42', '42', 'EUR'],
      ['€ 42', '42', 'EUR'],
      ['42€', '42', 'EUR'],
      ['42 EUR', '42', 'EUR'],
      ['EUR42.10', '42.10', 'EUR'],
      ['kr. 1 234', '1234', 'DKK'],
      ['Rs.500', '500', 'INR'],
      ['US$ 5', '5', 'USD'],
      ['$5 CAD', '5', 'CAD'],
      ['(12.00)', '-12.00'],
      ['$(12.00)', '-12.00', 'USD'],
      ['($12.00)', '-12.00', 'USD'],
      ['-$5', '-5', 'USD'],
      ['$-5', '-5', 'USD'],
      ['\u22125', '-5'],
      ['12.00-', '-12.00'],
      [' 1,234.50 ', '1234.50'],
      ...['12,50', '1.234,50', '0,123', '1,23', '1,2345', '1,234,56', '1 23', '12 34', '1,234 567', '1.234.567'].map(
        (t) => [t],
      ),
      ...[
        '',
        '-',
        '.',
        'abc',
        '0x10',
        '1e',
        '12K',
        '3 km',
        '50%',
        '12 XYZ',
        '€42 USD',
        '--5',
        '-(5)',
        '(5',
        '5)',
        ')5(',
        '12.-',
      ].map((t) => [t]),
      ...['1-2', '2024-01-02', '10.0.0.1', '4242 4242 4242 4242', '1_000', '+49 (30) 123'].map((t) => [t]),
    ] as [string, string?, string?][]
  ).map((row): (typeof CELLS)[number] => [POINT, row[0], row[1], row[2]]),
  ...(
    [
      ['1.234,50', '1234.50'],
      ['1 234,50', '1234.50'],
      ["1'234,50", '1234.50'],
      ['1.234', '1234'],
      ['1,234', '1.234'],
      ['12,5', '12.5'],
      [',5', '.5'],
      ['1,5E+3', '1.5E+3'],
      ['1.234,50 €', '1234.50', 'EUR'],
      ['(12,00)', '-12.00'],
      ...['12.50', '1,234.50', '0.123', '1.23', '12,-', '1.234.5'].map((t) => [t]),
    ] as [string, string?, string?][]
  ).map((row): (typeof CELLS)[number] => [COMMA, row[0], row[1], row[2]]),
  // One separator between thousands where one is said, and none where none is.
  [{ decimal: '.', thousands: ',' }, '1,234', '1234'],
  [{ decimal: '.', thousands: ',' }, '1 234', undefined],
  [{ decimal: '.', thousands: '' }, '1,234', undefined],
  [{ thousands: ',' }, '1,234', '1234'],
  [{ thousands: '.' }, '1.234', '1234'],
  [{ thousands: '.' }, '1.234,5', '1234.5'],
  // Nobody says which is the decimal sign: a point is, and a comma that may be either is not read.
  [{}, '1.234', '1.234'],
  [{}, '1,234', undefined],
  [{}, '$1,234', undefined],
  [{}, '1,234.50', '1234.50'],
  [{}, '1,234,567', '1234567'],
  [{}, '1 234', '1234'],
  [{}, '12,50', undefined],
  // A prefix says nothing of the currency, wherever the sign stands.
  [{ amountPrefix: '$' }, '$1,234.50', '1234.50'],
  [{ amountPrefix: '$' }, '-$5', '-5'],
  [{ decimal: ',', amountPrefix: 'Fr. ' }, 'Fr. 1.234,50', '1234.50'],
];

for (const [style, text, plain, currency] of CELLS)
  test(`${JSON.stringify(text)} by ${JSON.stringify(style)} is ${plain ?? 'refused'}${currency ? ` ${currency}` : ''}`, () => {
    const { read, usual } = figureReader(style);
    const found = read(text);
    assert.equal(found?.plain, plain);
    assert.equal(found?.currencies?.[0], currency);
    // What is usual is the same number, and nothing that names a currency is.
    const quick = usual(text);
    if (!Number.isNaN(quick)) assert.deepEqual([quick, currency], [Number(plain), undefined]);
    if (plain !== undefined) assert.ok(Number.isFinite(Number(plain)));
  });

test('what is not read is told how it could be', () => {
  assert.match(figureReader({}).hint('1,234')!, /it could be 1234 or 1\.234: "decimal" and "thousands" in the map say/);
  assert.match(figureReader(POINT).hint('12,50')!, /^numbers are read with a decimal point: "decimal"/);
  assert.match(
    figureReader({ decimal: ',', thousands: '.' }).hint('12.50')!,
    /a decimal comma and points between thousands/,
  );
  assert.equal(figureReader({}).hint('abc'), undefined);
});

const styled = (cells: string[], said: NumberStyle = {}, most?: number) =>
  detectStyle([{ name: 'amount', cells, most }], said);

test('how a file writes its numbers is found by all of them, and asked for where none tells', () => {
  const cases: [string[], NumberStyle][] = [
    [['12.50', '7', '1,234.50'], { decimal: '.', thousands: ',' }],
    [['12,50', '7', '1.234,50'], { decimal: ',', thousands: '.' }],
    [['12,50', '1 234,50'], { decimal: ',', thousands: ' ' }],
    [["1'234.50"], { decimal: '.', thousands: "'" }],
    [['1,234', '0.5'], { decimal: '.', thousands: ',' }],
    [['1,234', '0,500'], { decimal: ',' }],
    [['1,234', '1,234,567'], { decimal: '.', thousands: ',' }],
    [['$1,234.50', '(3.20)'], { decimal: '.', thousands: ',' }],
    [['1.234', '1500'], {}],
    [['12', '1 234'], { thousands: ' ' }],
    [['12', '7'], {}],
    // Cells that contradict each other tell nothing.
    [['12.50', '12,50'], {}],
    [['abc', '-', ''], {}],
  ];
  for (const [cells, style] of cases) assert.deepEqual(styled(cells).style, style, cells.join(' | '));
  for (const cells of [['1,234'], ['1.234', '750'], ['12', '1,500', '999'], ['€1.500']])
    assert.throws(
      () => styled(cells),
      /amount "[^"]+" could be \S+ or \S+, and no number of the first rows tells: say "decimal"/,
    );
  assert.deepEqual(styled(['1,234'], { thousands: ',' }).style, { decimal: '.', thousands: ',' });
  assert.deepEqual(styled(['40.713'], {}, 90).style, { decimal: '.' });
  assert.equal(styled(['12.50']).words, undefined);
  assert.equal(styled(['1,234.50']).words, 'Numbers are read with commas between thousands: 1,234.56 is 1234.56.');
});

test('a number that is written by some style is read by it exactly, and by the other decimal sign never otherwise', () => {
  const cents = fc.integer({ min: 0, max: 1e11 });
  const style = fc.constantFrom<['.' | ',', NonNullable<NumberStyle['thousands']>]>(
    ['.', ','],
    ['.', ' '],
    ['.', "'"],
    ['.', ''],
    [',', '.'],
    [',', ' '],
    [',', ''],
  );
  fc.assert(
    fc.property(cents, style, fc.constantFrom('', '$', '€ ', 'EUR '), (amount, [decimal, thousands], sign) => {
      const whole = String(Math.floor(amount / 100)).replace(/\B(?=(?:\d{3})+$)/g, thousands);
      const text = `${sign}${whole}${decimal}${String(amount % 100).padStart(2, '0')}`;
      assert.equal(Number(figureReader({ decimal, thousands }).read(text)?.plain), amount / 100);
      assert.equal(Number(figureReader({ decimal }).read(text)?.plain), amount / 100);
      assert.equal(figureReader({ decimal: decimal === '.' ? ',' : '.' }).read(text), undefined);
      assert.equal(styled([text]).style.decimal, decimal);
    }),
  );
});
