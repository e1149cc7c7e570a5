/**
 * Card payments for comparing trainers. Made-up ones: thirty numbers a row, one row in 200 fraud, from a seed. Real and
 * simulated ones where ../shared/data holds them.
 *
 * Frauds differ in three ways that trees must find: heavy tails (the far tail of an otherwise harmless number), an
 * interaction of two features, and values that are missing. Half of the features say nothing.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Dataset } from '../../src/training/dataset.ts';
import { seededRandom } from '../../src/training/gbdt/random.ts';

export const FEATURES = 30;
const FRAUD_SHARE = 0.005;

export function madeUpPayments(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const columns = Array.from({ length: FEATURES }, () => new Float64Array(rows));
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const fraud = random() < FRAUD_SHARE;
    const kind = Math.floor(random() * 3);
    labels[row] = fraud ? 1 : 0;
    for (let feature = 0; feature < FEATURES; feature++) {
      columns[feature][row] = shaped(feature, normal() + (fraud ? shift(feature, kind) : 0));
    }
    if (fraud && kind === 1) columns[4][row] = -columns[5][row] + 0.3 * normal();
    if (random() < (fraud && kind === 2 ? 0.5 : 0.03)) columns[6][row] = Number.NaN;
  }
  return datasetOf(columns, labels);
}

function datasetOf(columns: Float64Array[], labels: Uint8Array): Dataset {
  const rows = labels.length;
  const nothing = new Float64Array(rows);
  return {
    features: columns.map((_, feature) => `f${feature}`),
    rows,
    columns,
    labels,
    times: Float64Array.from({ length: rows }, (_, row) => row),
    amounts: nothing,
    cards: nothing,
  };
}

/** How far a fraud of a kind lies from other rows: its own four features far, the others of the first fifteen hardly. */
function shift(feature: number, kind: number): number {
  if (feature >= 15) return 0;
  const own = kind === 0 ? feature < 4 : feature >= 3 + 4 * kind && feature < 7 + 4 * kind;
  return own ? 1.7 : 0.2;
}

/** Amount-like heavy tails, counts and plain numbers in turn. */
function shaped(feature: number, x: number): number {
  if (feature % 3 === 0) return Math.exp(1.5 * x);
  if (feature % 5 === 1) return Math.max(0, Math.round(2 * x));
  return x;
}

/** Files in time order: the first two thirds of the rows are trained on. Those that are absent are left out. */
export function realPayments(): { name: string; train: Dataset; test: Dataset }[] {
  const files = [
    { name: "the handbook's three weeks", file: 'handbook-features-2018-07-25_2018-08-14.csv.gz', label: 'TX_FRAUD' },
    { name: "ULB's sample", file: 'ulb-sample.csv.gz', label: 'Class' },
  ];
  return files.flatMap(({ name, file, label }) => {
    const path = join(import.meta.dirname, '../../../shared/data', file);
    if (!existsSync(path)) {
      console.log(`Without ${name}: ${path} is absent`);
      return [];
    }
    return [{ name, ...readPayments(path, label) }];
  });
}

const NO_FEATURES = /^(TRANSACTION_ID|TX_DATETIME|CUSTOMER_ID|TERMINAL_ID|TX_TIME_.*|TX_FRAUD.*|Time|Class)$/;

function readPayments(path: string, label: string): { train: Dataset; test: Dataset } {
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  const names = header.split(',');
  const time = names.findIndex((name) => name === 'TX_TIME_SECONDS' || name === 'Time');
  const rows = lines.map((line) => line.split(',').map(Number)).sort((a, b) => a[time] - b[time]);
  const first = Math.floor((2 / 3) * rows.length);
  const part = (of: number[][]) => {
    const column = (at: number) => Float64Array.from(of, (row) => row[at]);
    const features = names.flatMap((name, at) => (NO_FEATURES.test(name) ? [] : [column(at)]));
    return datasetOf(features, Uint8Array.from(column(names.indexOf(label))));
  };
  return { train: part(rows.slice(0, first)), test: part(rows.slice(first)) };
}

/** Columns one after another as 64-bit numbers, then the labels as bytes: what numpy reads without copying. */
export function writeDataset(path: string, { columns, labels }: Dataset): void {
  const file = openSync(path, 'w');
  for (const column of columns) writeSync(file, column);
  writeSync(file, labels);
  closeSync(file);
}
