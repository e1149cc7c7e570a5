import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { writeOwnHistory } from '../../test/support/own-columns.ts';
import { entityTypesWith } from '../domain/entity.ts';
import { mergeSchemas, OWN_TYPES, optionalSchema, parseOwnSchema } from '../domain/own-columns.ts';
import { ownBoolean, ownNumber, ownReader, ownTime } from '../domain/own-values.ts';
import { readColumnMap } from './column-map.ts';
import type { Dataset } from './dataset.ts';
import { applyEncodings, foldedCodes, learnEncodings } from './encoding.ts';
import { openHistory } from './history-file.ts';
import { catalogueOf } from './presets.ts';

const columns = { id: 'ORDER', userId: 'CUSTOMER', amount: 'SUM', transactionDate: 'WHEN', isFraud: 'BAD' };

describe('slips of a schema are refused', () => {
  let folder: string;
  let file: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-slips-'));
    const metadata = { basketSize: 3, job: 'nurse', terminal: 't1' };
    const one = { id: 'a', userId: 'u', amount: 5, transactionDate: '2026-01-01T00:00:00Z', metadata, fraud: false };
    ({ file } = writeOwnHistory(folder, [one]));
    path = join(folder, 'map.json');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** All that a training does with a map before it reads labels. */
  async function readWith(schema: object): Promise<void> {
    writeFileSync(path, `{"columns": ${JSON.stringify(columns)},\n"schema":\n${JSON.stringify(schema)}}`);
    const map = await readColumnMap(path);
    const entityTypes = entityTypesWith([]);
    catalogueOf('default', { entityTypes, schema: map.schema });
    await openHistory(file, map, { entityTypes })(() => {});
  }

  const cases: [schema: object, message: RegExp][] = [
    [{ basketSize: 'nummber' }, /line 3: schema: "basketSize" is of no type "nummber" \(did you mean number\?\)/],
    [{ job: { type: 'category', feild: 'x' } }, /line 3: .*has no "feild" \(did you mean field\?\)/],
    [{ job: { type: 'category', field: 'merchantid' } }, /no field "merchantid" \(did you mean merchantId\?\)/],
    [{ size: { type: 'number', field: 'channel' } }, /is a number, and channel is none/],
    [{ card: 'entity' }, /is profiled already/],
    [{ shop: { type: 'entity', field: 'merchantId' } }, /merchantId, which is profiled already/],
    [{ 'basket size': 'number' }, /is no name/],
    [{ shipTo: 'place' }, /needs "field": \[latitude, longitude\]/],
    [[], /a schema is an object/],
    [{ job: 7 }, /is a type \(number/],
    [{ basketSise: 'number' }, /in no column: there is none called basketSise.*Did you mean basketSize\?/],
    [{ job: { type: 'number', column: 'JOB' } }, /metadata.job "nurse" must be a number/],
    [{ JOB: 'boolean' }, /metadata.JOB "nurse" must be true or false/],
    [{ JOB: 'time' }, /metadata.JOB "nurse" must be a date/],
    [{ amount: { type: 'number', field: 'metadata.basketSize', column: 'basketSize' } }, /a feature amount already/],
  ];
  for (const [schema, message] of cases)
    test(JSON.stringify(schema), async () => {
      await assert.rejects(readWith(schema), message);
    });

  test('any typo of a type, a key or a column', async () => {
    const right = JSON.stringify({ job: { type: 'category', field: 'metadata.job', column: 'JOB' } });
    const words = ['category', 'type', 'field', 'column', 'JOB'];
    const typo = fc
      .tuple(fc.constantFrom(...words), fc.nat(20), fc.constantFrom(...'abcxyz'))
      .map(([word, at, letter]) => {
        const place = at % word.length;
        return [word, word.slice(0, place) + letter + word.slice(place)] as const;
      });
    await fc.assert(
      fc.asyncProperty(typo, async ([word, wrong]) => {
        await assert.rejects(readWith(JSON.parse(right.replace(`"${word}"`, `"${wrong}"`))));
      }),
      { numRuns: 40 },
    );
    await readWith(JSON.parse(right));
  });
});

test('the shorthand of a field, and what two schemas say together', () => {
  const short = parseOwnSchema({ 'metadata.job': 'category', mcc: 'category', size: 'number' });
  assert.deepEqual(short, {
    job: { type: 'category', field: 'metadata.job' },
    mcc: { type: 'category', field: 'mcc' },
    size: { type: 'number', field: 'metadata.size' },
  });
  assert.deepEqual(mergeSchemas(optionalSchema(short), short), short);
  assert.throws(() => mergeSchemas(short, parseOwnSchema({ size: 'category' })), /size is a number of metadata.size/);
  assert.equal(OWN_TYPES.length, 6);
});

test('values are read strictly', () => {
  assert.deepEqual(
    [ownNumber('1e3'), ownNumber(-2), ownNumber('0x10'), ownNumber(''), ownNumber(true)],
    [1000, -2, NaN, NaN, NaN],
  );
  assert.deepEqual([ownBoolean('Yes'), ownBoolean(false), ownBoolean(1), ownBoolean('maybe')], [1, 0, 1, NaN]);
  assert.equal(ownTime('2026-01-02'), Date.UTC(2026, 0, 2));
  assert.equal(ownTime('2026-01-02 03:04:05+01:00'), Date.UTC(2026, 0, 2, 2, 4, 5));
  assert.ok(Number.isNaN(ownTime('02/01/2026')));
  const read = ownReader('metadata.order.size');
  assert.equal(read({ details: { metadata: { order: { size: 4 } } } }), 4);
  assert.equal(read({ details: {}, personal: { metadata: { 'order.size': '5' } } }), '5');
  assert.equal(read({ details: { metadata: { order: 'x' } } }), undefined);
});

test('out of fold, a row’s own label never moves its code, nor that of its neighbours', () => {
  const definitions = [{ name: 'job_risk', operation: 'encoding', field: 'metadata.job', parameters: { folds: 5 } }];
  const rows = 600;
  const dataset = (labels: Uint8Array): Dataset => ({
    features: ['job_risk'],
    rows,
    columns: [Float64Array.from({ length: rows }, (_, row) => 1 + (row % 7))],
    labels,
    times: new Float64Array(rows),
    amounts: new Float64Array(rows),
    cards: new Float64Array(rows),
  });
  const coded = (labels: Uint8Array) => {
    const data = dataset(labels);
    const encodings = learnEncodings(data, definitions);
    const fold = foldedCodes(data, definitions);
    applyEncodings(data, definitions, encodings);
    const served = data.columns[0].slice();
    fold();
    return { own: data.columns[0], served };
  };
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 11 === 0 ? 1 : 0));
  const before = coded(labels);
  for (const row of [0, 5, 333]) {
    const turned = labels.slice();
    turned[row] = 1 - turned[row];
    const after = coded(turned);
    assert.equal(after.own[row], before.own[row]);
    assert.notEqual(after.served[row], before.served[row]);
    // Nor the label of a row of the same word soon after: frauds come in bursts.
    assert.equal(after.own[row + 7], before.own[row + 7]);
  }
});
