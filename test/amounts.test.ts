import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parquetWriteFile } from 'hyparquet-writer';
import { readDisputes } from '../src/cli/label-file.ts';
import { createRates } from '../src/domain/rates.ts';
import { readRows } from '../src/training/history-file.ts';
import { inspectFile } from '../src/training/inspect.ts';
import { readUlb, ULB_COLUMNS } from '../src/training/ulb.ts';

const rules = { rates: createRates('USD', { EUR: 1.1, JPY: 0.007 }), ratesMaxAgeDays: Number.POSITIVE_INFINITY };
const [DAY, LINE] = ['2025-05-01T10:00:00Z', 2];

interface Case {
  what: string;
  /** Of amounts that tell how the file writes them. */
  others: string[];
  amount: string;
  currency?: string;
  map?: object;
  /** Amount and currency, or what the refusal says. */
  is: [number, string] | RegExp;
}

const POINT = ['12.50', '7'];
const COMMA = ['12,50', '7'];
const CASES: Case[] = [
  { what: 'commas between thousands', others: POINT, amount: '1,234.50', is: [1234.5, 'USD'] },
  { what: 'a decimal comma, points between thousands', others: COMMA, amount: '1.234,50', is: [1234.5, 'USD'] },
  { what: 'a decimal comma, blanks between thousands', others: COMMA, amount: '1 234,50', is: [1234.5, 'USD'] },
  { what: 'commas between thousands, told by others', others: POINT, amount: '1,234', is: [1234, 'USD'] },
  {
    what: 'the same digits where commas part fractions',
    others: COMMA,
    amount: '1,234',
    currency: 'KWD',
    is: [1.234, 'KWD'],
  },
  { what: 'a sign alone says the currency', others: POINT, amount: '€42', is: [42, 'EUR'] },
  { what: 'a code behind it', others: COMMA, amount: '1.234,50 EUR', is: [1234.5, 'EUR'] },
  { what: 'a sign of several currencies', others: POINT, amount: '$1,234.50', is: [1234.5, 'USD'] },
  {
    what: 'a sign that the column makes one',
    others: POINT,
    amount: '$1,234.50',
    currency: 'CAD',
    is: [1234.5, 'CAD'],
  },
  {
    what: 'a sign that contradicts the column',
    others: POINT,
    amount: '€42',
    currency: 'USD',
    is: /"€42" is of EUR, and the currency is USD/,
  },
  {
    what: 'a code that contradicts the column',
    others: POINT,
    amount: '42 EUR',
    currency: 'USD',
    is: /"42 EUR" is of EUR, and the currency is USD/,
  },
  {
    what: 'a sign that is not that of the default',
    others: POINT,
    amount: '¥42',
    is: /"¥42" may be of JPY or CNY: say which/,
  },
  {
    what: 'a prefix that the map names',
    others: POINT,
    amount: '€42',
    currency: 'USD',
    map: { amountPrefix: '€' },
    is: [42, 'USD'],
  },
  { what: 'parentheses', others: POINT, amount: '(12.00)', is: /"\(12\.00\)" (?:must be >= 0|is no amount)/ },
  {
    what: 'the other decimal sign',
    others: POINT,
    amount: '12,50',
    map: { decimal: '.' },
    is: /"12,50" (?:must be a number|is no amount such as 12\.50); numbers are read with a decimal point/,
  },
  {
    what: 'a point where commas are declared',
    others: COMMA,
    amount: '1.23',
    map: { decimal: ',' },
    is: /"1\.23" .*decimal comma/,
  },
  {
    what: 'another sign between thousands than the declared one',
    others: POINT,
    amount: '1 234.50',
    map: { thousands: ',' },
    is: /"1 234\.50" .*commas between thousands/,
  },
  {
    what: 'nothing tells',
    others: ['7', '8'],
    amount: '1,234',
    is: /could be 1234 or 1\.234, and no number of the first rows tells: say "decimal"/,
  },
  {
    what: 'nothing tells, by points',
    others: ['7', '8'],
    amount: '1.234',
    is: /could be 1\.234 or 1234, and no number/,
  },
  {
    what: 'nothing tells and the map says',
    others: ['7', '8'],
    amount: '1.234',
    map: { decimal: ',' },
    is: [1234, 'USD'],
  },
  {
    what: 'nothing tells and the map says thousands',
    others: ['7', '8'],
    amount: '1,234',
    map: { thousands: ',' },
    is: [1234, 'USD'],
  },
  { what: 'what is no currency', others: POINT, amount: '12 XYZ', is: /"12 XYZ" (?:must be a number|is no amount)/ },
];

describe('amounts as people write them', () => {
  let folder: string;
  let files = 0;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-amounts-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const csv = (rows: string[][]) => {
    const path = join(folder, `${++files}.csv`);
    writeFileSync(path, rows.map((cells) => `${cells.map((cell) => `"${cell}"`).join(',')}\n`).join(''));
    return path;
  };
  const parquet = (rows: string[][]) => {
    const path = join(folder, `${++files}.parquet`);
    const [header, ...cells] = rows;
    const columnData = header.map((name, c) => ({ name, data: cells.map((row) => row[c]), type: 'STRING' as const }));
    parquetWriteFile({ filename: path, columnData });
    return path;
  };
  /** The case's amount first, as the row that line 2 is. */
  const rowsOf = (
    names: string[],
    row: (amount: string, i: number) => string[],
    { amount, others, currency }: Case,
  ) => [
    [...names, ...(currency === undefined ? [] : ['currency'])],
    ...[amount, ...others].map((one, i) => [...row(one, i), ...(currency === undefined ? [] : [currency])]),
  ];
  const HISTORY = ['id', 'userId', 'amount', 'transactionDate', 'isFraud'];
  const history = (one: Case) => rowsOf(HISTORY, (amount, i) => [`t${i}`, 'u', amount, DAY, String(i % 2)], one);

  async function amountsOf(path: string, map: object) {
    const found: [number, string][] = [];
    const told: string[] = [];
    const options = { rules, maxErrors: 9, onError: ({ message }: Error) => void told.push(message) };
    await readRows(path, { columns: {}, ...map }, options, ({ transaction: { amount, currency } }) => {
      found.push([amount!, currency]);
    });
    if (told.length > 0) throw new Error(told.join());
    return found;
  }

  const DOORS: Record<string, (one: Case) => Promise<[number, string][]>> = {
    'a history as CSV': (one) => amountsOf(csv(history(one)), one.map ?? {}),
    'a history as Parquet': (one) => amountsOf(parquet(history(one)), one.map ?? {}),
    async 'the map that inspect writes'(one) {
      const path = csv(history(one));
      const { map, undecided, faults } = await inspectFile(path, { rules });
      // What a person adds to it.
      if (one.map === undefined && undecided !== undefined) throw new Error(undecided);
      if (one.map === undefined && faults.length > 0) throw new Error(faults.join());
      return amountsOf(path, { ...map, ...one.map });
    },
    async 'labels import'(one) {
      const names = ['transactionId', 'scheme', 'reasonCode', 'reportedAt', 'amount'];
      const path = csv(rowsOf(names, (amount, i) => [`t${i}`, 'visa', '10.4', DAY, amount], one));
      const { rows, faults } = await readDisputes(
        path,
        { columns: {}, ...one.map },
        (digits) => digits,
        () => {},
      );
      if (faults.length > 0)
        throw new Error(faults.map((f) => `line ${f.line}: ${f.field} "${f.value}" ${f.message}`).join());
      return rows.map(({ amount, currency }) => [amount!, currency ?? 'USD']);
    },
  };

  for (const [door, read] of Object.entries(DOORS))
    for (const one of CASES) {
      const { what, is, amount } = one;
      test(`${door}: ${what}`, async () => {
        // A dispute has the currency of its payment, not a default.
        const isOpen = door === 'labels import' && what === 'a sign of several currencies';
        if (Array.isArray(is) && !isOpen) {
          const found = await read(one);
          assert.deepEqual(found[0], is);
          assert.equal(found.length, 1 + one.others.length);
          return;
        }
        await assert.rejects(read(one), ({ message }: Error) => {
          assert.match(message, isOpen ? /may be of USD, ARS, AUD or another: say which/ : (is as RegExp));
          assert.ok(message.includes('amount') && message.includes(amount), message);
          // What is wrong with all of the file is no row's.
          if (!/first rows/.test(message)) assert.match(message, new RegExp(`(?:line ${LINE}|row 1): amount`));
          return true;
        });
      });
    }

  test('a refund, an own number and the layout of ULB go the same way', async () => {
    const map = {
      columns: {},
      decimal: ',' as const,
      schema: { fee: { type: 'number' as const, field: 'metadata.fee' } },
    };
    const header = ['userId', 'amount', 'transactionDate', 'refundedAt', 'refundedAmount', 'metadata.fee'];
    const bodies: unknown[] = [];
    const told: string[] = [];
    await readRows(
      csv([
        header,
        ['u', '€1.234,50', DAY, DAY, '€1.000,00', '2,5 €'],
        ['u', '€1.234,50', DAY, DAY, '$1.000,00', ''],
        ['u', '€1.234,50', DAY, DAY, '', '$2'],
        ['u', '€1.234,50', DAY, DAY, '', '2.50'],
      ]),
      map,
      { rules, maxErrors: 9, onError: ({ message }) => void told.push(message) },
      ({ sent, events }) => bodies.push([sent(), events[0].amount]),
    );
    assert.deepEqual(bodies, [
      [{ id: 'row-1', userId: 'u', amount: 1234.5, currency: 'EUR', metadata: { fee: '2.5' } }, 1000],
    ]);
    assert.equal(told.length, 3, told.join('\n'));
    assert.match(
      told[0],
      /line 3: refundedAmount "\$1\.000,00" is of USD, ARS, AUD or another, and the currency is EUR/,
    );
    assert.match(told[1], /line 4: metadata\.fee "\$2" is of USD/);
    assert.match(told[2], /line 5: metadata\.fee "2\.50" must be a number; numbers are read with a decimal comma/);

    const numbers = ULB_COLUMNS.slice(0, -1).map((_, i) => (i % 2 ? '-1,359807' : '1.234,5'));
    const said: string[] = [];
    const { dataset } = await readUlb(csv([[...ULB_COLUMNS], [...numbers, '0']]), { say: (text) => said.push(text) });
    assert.deepEqual([dataset.columns[0][0], dataset.columns[1][0]], [-1.359807, 1234.5]);
    assert.deepEqual(said, ['Numbers are read with a decimal comma: 1.234,56 is 1234.56.']);
    const named = readUlb(csv([[...ULB_COLUMNS], [...numbers.slice(0, -1), '€5', '0']]), { say: () => {} });
    await assert.rejects(named, /Amount €5 is not a number/);
  });

  test('numbers that a Parquet file itself holds are those, however its texts are written', async () => {
    const path = join(folder, `${++files}.parquet`);
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'userId', data: ['u', 'u'], type: 'STRING' },
        { name: 'amount', data: ['1.234,50', '7'], type: 'STRING' },
        { name: 'latitude', data: [1.234, 40.713], type: 'DOUBLE' },
        { name: 'transactionDate', data: [DAY, DAY], type: 'STRING' },
      ],
    });
    const found: unknown[] = [];
    await readRows(path, { columns: {} }, { rules }, ({ transaction: { amount, latitude } }) =>
      found.push([amount, latitude]),
    );
    assert.deepEqual(found, [
      [1234.5, 1.234],
      [7, 40.713],
    ]);
  });

  test('inspect proposes how numbers are written, and says what it cannot tell', async () => {
    const { map, notes } = await inspectFile(csv(history(CASES[0])), { rules });
    assert.deepEqual([map.decimal, map.thousands], ['.', ',']);
    assert.deepEqual(
      notes.filter((note) => note.startsWith('Numbers')),
      ['Numbers are read with commas between thousands: 1,234.56 is 1234.56.'],
    );
    const open = await inspectFile(csv(history(CASES.find(({ what }) => what === 'nothing tells')!)), { rules });
    assert.match(open.undecided!, /amount "1,234" could be/);
    assert.deepEqual([open.map.columns.amount, open.map.decimal, open.rows], ['amount', undefined, 0]);
  });
});
