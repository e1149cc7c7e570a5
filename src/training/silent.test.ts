import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { printPart } from '../cli/print-part.ts';
import { entityTypesWith } from '../domain/entity.ts';
import { FIELD_NAMES } from '../domain/fields.ts';
import { trainingCatalogue } from '../features/catalogue.ts';
import { type ColumnMap, readColumnMap } from './column-map.ts';
import type { Dataset } from './dataset.ts';
import { assertRows, type ExtractOptions, extractDataset } from './extract.ts';
import { bindHeader } from './header.ts';
import { openHistory } from './history-file.ts';
import { MAPS } from './layouts.ts';
import { refuseOneClass, settlingParts } from './parts.ts';
import { evaluatePart } from './report.ts';
import { DEFAULT_COSTS } from './thresholds.ts';
import { decimal, truth } from './values.ts';

/** What a file may do that was once taken in silence. */
const entityTypes = entityTypesWith();
const DAY_MS = 86_400_000;

async function extracted(t: TestContext, text: string, map: ColumnMap, more: Partial<ExtractOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-silent-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'f.csv');
  await writeFile(path, text);
  const definitions = trainingCatalogue(entityTypes);
  return extractDataset(openHistory(path, map, { entityTypes }), {
    definitions,
    entityTypes,
    delayMs: 7 * DAY_MS,
    ...more,
  });
}

test('a label is one of the words, whatever its case', () => {
  const table: [string, ReturnType<typeof truth>][] = [
    ...(['1', '1.0', '1.00', 'True', 'TRUE', ' yes ', 'Y', 'fraud', 'Fraudulent'] as const).map(
      (word) => [word, 'fraud'] as [string, 'fraud'],
    ),
    ...(['0', '0.0', 'False', 'no', 'N', 'legit', 'Legitimate'] as const).map(
      (word) => [word, 'legitimate'] as [string, 'legitimate'],
    ),
    ['', 'unlabelled'],
    ['  ', 'unlabelled'],
    ['immature', 'immature'],
    ['Blocked', 'blocked'],
    ['presumed', 'presumed'],
    ['2', undefined],
    ['-1', undefined],
    ['0x1', undefined],
    ['maybe', undefined],
    ['constructor', undefined],
    ['NaN', undefined],
  ];
  for (const [word, expected] of table) assert.equal(truth(word), expected, JSON.stringify(word));
  assert.equal(truth('B', ['b', 'c']), 'fraud');
  assert.equal(truth('2.0', '2'), 'fraud');
  assert.equal(truth('1', '2'), 'legitimate');
  assert.equal(truth('', 'b'), 'unlabelled');
  assert.equal(truth('blocked', 'b'), 'blocked');
});

test('a blank is missing and never 0, and hexadecimal is no number', () => {
  assert.ok(Number.isNaN(decimal('  ', 'V1')));
  for (const text of ['0x10', '1_000', '0b1', 'Infinity', '1e999', '1,5'])
    assert.throws(() => decimal(text, 'V1'), /is not a number/);
  assert.equal(decimal(' -1.5e3 ', 'V1'), -1500);
});

const HEADER = [
  'id',
  'userId',
  'amount',
  'transactionDate',
  'cardId',
  'merchantId',
  'isFraud',
  'labelledAt',
  'deviceId',
  'email',
  'country',
];
const slips = fc
  .tuple(
    fc.constantFrom(...HEADER.filter((name) => name.length >= 3)),
    fc.constantFrom('drop', 'double', 'swap', 'case', 'other'),
    fc.nat(30),
  )
  .map(([name, how, n]) => {
    const at = 1 + (n % (name.length - 1));
    const [before, letter, after] = [name.slice(0, at), name[at], name.slice(at + 1)];
    if (how === 'drop') return [name, before + after];
    if (how === 'double') return [name, before + letter + letter + after];
    if (how === 'swap') return [name, name.slice(0, at - 1) + letter + name[at - 1] + after];
    if (how === 'case') return [name, name.replace(/[A-Z]/g, (upper) => `_${upper.toLowerCase()}`)];
    return [name, `${before}q${after}`];
  })
  .filter(([name, slip]) => name !== slip && !(FIELD_NAMES as string[]).includes(slip) && !HEADER.includes(slip));

test('any slip in a column, in a mapped column or in a field of a map is refused, with the right name', () => {
  fc.assert(
    fc.property(slips, ([name, slip]) => {
      const header = HEADER.map((one) => (one === name ? slip : one));
      assert.throws(
        () => bindHeader(header, MAPS.assay),
        (error: Error) => error.message.includes(JSON.stringify(slip)) || error.message.includes(`(for ${name})`),
      );
      assert.throws(() => bindHeader(HEADER, { columns: { userId: slip } }), /There is no column/);
      assert.throws(() => bindHeader(HEADER, { columns: { [slip]: 'country' } }), /names a field/);
    }),
    { numRuns: 300 },
  );
  assert.doesNotThrow(() => bindHeader([...HEADER, 'shoeSize', 'zip', 'customer_notes', ''], MAPS.assay));
});

test('a column that is a field in another writing is refused with a map too, unless the map says to ignore it', () => {
  const header = ['who', 'amount', 'transactionDate', 'is_fraud'];
  const columns = { userId: 'who' };
  assert.throws(() => bindHeader(header, { columns }), /"is_fraud" looks like the field isFraud .* under "ignore"/);
  assert.equal(bindHeader(header, { columns, ignore: ['is_fraud'] }).has('isFraud'), false);
  assert.throws(() => bindHeader(['a', 'b', 'a'], { columns }), /Columns 1 and 3 are both called "a"/);
});

test('a map of unknown keys is refused with the nearest', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-silent-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'map.json');
  const write = (map: object) => writeFile(path, JSON.stringify(map));
  await write({ columns: {}, timeFromat: 'yyyy' });
  await assert.rejects(readColumnMap(path), /no "timeFromat" \(did you mean timeFormat\?\)/);
  await write({ columns: { isfraud: 'x' } });
  await assert.rejects(readColumnMap(path), /"isfraud" that there is not: did you mean isFraud\?/);
  const refused: [map: object, said: RegExp][] = [
    [{ constants: { typ: 'login' } }, /constants has no "typ" \(did you mean type\?\)/],
    [{ constants: { userId: 'u1' } }, /constants has no "userId"/],
    [{ columns: { type: 'kind' }, constants: { type: 'login' } }, /type is in a column and under constants/],
    [{ constants: { type: 1 } }, /constants is an object of texts/],
    [{ missing: { months: -1 } }, /missing is an object of columns and texts/],
    [{ decimal: ';' }, /decimal is "\." or ","/],
  ];
  for (const [map, said] of refused) {
    await write({ columns: {}, ...map });
    await assert.rejects(readColumnMap(path), said);
  }
  for (const key of ['columns', 'constants', 'missing', 'decimal', 'fraudValue', 'ignore', 'timeUnit', 'schema'])
    for (const slip of [key.slice(1), `${key}x`, key.toUpperCase(), key.slice(0, 2) + key.slice(3)]) {
      await write({ columns: {}, [slip]: {} });
      await assert.rejects(readColumnMap(path), new RegExp(`no "${slip}" \\(did you mean ${key}\\?\\)`));
    }
  assert.throws(
    () => bindHeader(['months'], { columns: {}, missing: { month: '-1' } }),
    /"month" \(did you mean months\?\)/,
  );
  await write({ columns: {}, fraudValue: ['chargeback', 'fraud'] });
  assert.deepEqual((await readColumnMap(path)).fraudValue, ['chargeback', 'fraud']);
});

/** A row a day; `label` of each. */
function file(labels: readonly string[]): string {
  const rows = labels.map(
    (label, i) =>
      `t${1000 + i},u${i % 5},${1 + (i % 7)},${new Date(Date.UTC(2026, 0, 1) + i * DAY_MS).toISOString()},${label}`,
  );
  return ['id,userId,amount,transactionDate,isFraud', ...rows].join('\n');
}

test('missing labels are refused with both counts, until it is said what they mean', async (t) => {
  const labels = Array.from({ length: 40 }, (_, i) => (i % 10 === 0 ? '1' : i % 4 === 0 ? '' : '0'));
  await assert.rejects(
    extracted(t, file(labels), MAPS.assay),
    /^Error: 8 of 40 rows have no label \(isFraud is blank\)\. .*--unlabelled presume \(legitimate, but for 1 too young to tell: 35 legitimate and 4 frauds\) or --unlabelled exclude \(.*: 28 legitimate and 4 frauds\)\.$/,
  );
  const presumed = await extracted(t, file(labels), MAPS.assay, { unlabelled: 'presume' });
  assert.deepEqual([presumed.dataset.rows, presumed.truths.presumed, presumed.truths.immature], [39, 7, 1]);
  const excluded = await extracted(t, file(labels), MAPS.assay, { unlabelled: 'exclude' });
  assert.equal(excluded.dataset.rows, 32);
  await assert.rejects(extracted(t, file(labels.map(() => '')), MAPS.assay), /None of the 40 rows has a label/);
});

test('whatever labels are missing, those rows are behaviour alone: the others’ vectors are as they were', async (t) => {
  const labels = Array.from({ length: 60 }, (_, i) => (i % 9 === 0 ? '1' : '0'));
  const whole = await extracted(t, file(labels), MAPS.assay);
  const column = (data: Dataset, name: string) => data.columns[data.features.indexOf(name)];
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(59), { maxLength: 40 }),
      fc.constantFrom('', 'immature', 'blocked'),
      async (gaps, word) => {
        // Frauds keep their labels: what is known of them is in the vectors of others.
        const missing = gaps.filter((at) => labels[at] === '0');
        const text = file(labels.map((label, at) => (missing.includes(at) ? word : label)));
        const { dataset } = await extracted(t, text, MAPS.assay, { unlabelled: 'exclude' });
        const rows = labels.flatMap((_, at) => (missing.includes(at) ? [] : [at]));
        assert.deepEqual(
          [...dataset.times],
          rows.map((at) => whole.dataset.times[at]),
        );
        assert.deepEqual(
          [...dataset.labels],
          rows.map((at) => whole.dataset.labels[at]),
        );
        for (const name of ['user_count_30d', 'user_ever_frauds', 'user_amount_to_median'])
          assert.deepEqual(
            [...column(dataset, name)],
            rows.map((at) => column(whole.dataset, name)[at]),
            name,
          );
      },
    ),
    { numRuns: 20 },
  );
});

const dataset = (labels: number[]): Dataset =>
  ({
    ...{ features: [], rows: labels.length, columns: [], labels: Uint8Array.from(labels) },
    times: Float64Array.from(labels, (_, i) => i * DAY_MS),
    ...{ amounts: new Float64Array(labels.length), cards: new Float64Array(labels.length) },
  }) as Dataset;

test('no part is settled on one class: it is moved, or refused with rows and span', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 0, 0, 0, 1), { minLength: 4, maxLength: 80 }),
      fc.constantFrom(0.1, 0.25, 0.5),
      (labels, share) => {
        let parts: ReturnType<typeof settlingParts> | undefined;
        try {
          parts = settlingParts(dataset(labels), share, false);
        } catch (error) {
          assert.match((error as Error).message, /rows from 1970-01-01 to|has no fraud|frauds alone/);
        }
        if (parts === undefined) return;
        for (const { labels: own } of [parts.first, parts.last]) assert.ok(own.includes(0) && own.includes(1));
        assert.equal(parts.first.rows + parts.last.rows, labels.length);
      },
    ),
  );
  const moved = settlingParts(dataset([0, 1, 0, 1, 0, 0, 0, 0, 0, 0]), 0.25, false);
  assert.equal(moved.first.rows, 3);
  assert.throws(
    () => refuseOneClass(dataset([0, 0]), 'test'),
    /^Error: The test part \(2 rows from 1970-01-01 to 1970-01-02\) has no fraud/,
  );
});

test('nothing in a file, or in the period, is said with what there is', async (t) => {
  const header = 'id,userId,amount,transactionDate,isFraud\n';
  const empty = await extracted(t, header, { columns: {} });
  assert.throws(() => assertRows('h.csv', empty), /h\.csv has a header and no rows/);
  const row = 'a,u,5,2026-03-01T00:00:00Z,0\nb,u,5,2026-03-09T00:00:00Z,1\n';
  const none = await extracted(t, header + row, { columns: {} }, { from: Date.UTC(2027, 0, 1) });
  assert.throws(() => assertRows('h.csv', none), /2 rows from 2026-03-01 to 2026-03-09, and none in the period/);
});

test('a part without fraud is told without a measure that there is none of', (t) => {
  const told: string[] = [];
  t.mock.method(console, 'log', (line: string) => told.push(line));
  const rows = {
    raw: Float64Array.of(-3, -2, -1),
    probabilities: Float64Array.of(0.01, 0.02, 0.3),
    labels: new Uint8Array(3),
    times: Float64Array.of(0, 1, 2),
    amounts: Float64Array.of(1, 1, 1),
    cards: new Float64Array(3),
  };
  const context = { thresholds: { review: 0.2, decline: 0.9 }, costs: DEFAULT_COSTS, trainSeconds: 0 };
  printPart('test', evaluatePart(rows, { ...context, featureSchema: '', dataSha256: '' }));
  assert.match(told[0], /3 rows from 1970-01-01 to 1970-01-01 have no fraud: no ranking can be measured\. Flagged 1, /);
  assert.doesNotMatch(told.join(), /NaN|undefined/);
});
