import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Dataset, slice } from '../dataset.ts';
import { averagePrecision, rocAuc } from '../metrics.ts';
import { scoreRows } from '../score-rows.ts';
import { fitTrees } from './learner.ts';

const file = join(import.meta.dirname, '../../../../shared/data/ulb-sample.csv.gz');
const skip = existsSync(file) ? false : `${file} is not there`;

/** All columns but the label, in time order. */
function readSample(): Dataset {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const names = header.split(',');
  const rows = lines.map((line) => line.split(',').map(Number)).sort((a, b) => a[0] - b[0]);
  const column = (name: string) => Float64Array.from(rows, (row) => row[names.indexOf(name)]);
  const features = names.filter((name) => name !== 'Class' && name !== 'Time');
  return {
    features,
    rows: rows.length,
    columns: features.map(column),
    labels: Uint8Array.from(column('Class')),
    times: column('Time').map((seconds) => seconds * 1000),
    amounts: column('Amount'),
    cards: new Float64Array(rows.length),
  };
}

test('real card payments: later frauds are found by what earlier ones taught', { skip }, () => {
  const data = readSample();
  const cut = Math.round(data.rows * 0.7);
  const test = slice(data, cut, data.rows);
  const { score } = fitTrees(slice(data, 0, cut), undefined, { rounds: 80, learningRate: 0.1, stopAfter: 0 });
  const { raw, labels } = scoreRows({ score, calibrate: (x) => x }, test);
  // 110 frauds among 2,781 rows; measured 0.896 and 0.982.
  assert.ok(averagePrecision(raw, labels) > 0.87, `${averagePrecision(raw, labels)}`);
  assert.ok(rocAuc(raw, labels) > 0.97, `${rocAuc(raw, labels)}`);
});
