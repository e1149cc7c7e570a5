import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HANDBOOK_MAP } from '../training/column-map.ts';
import { readCsv } from '../training/csv.ts';
import { type Extracted, extractDataset } from '../training/extract.ts';
import { handbookSplit } from '../training/handbook.ts';
import type { History, HistoryRow } from '../training/history.ts';
import { openHistory } from '../training/history-file.ts';
import { handbookCatalogue } from './handbook.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const transactions = join(folder, 'handbook-transactions.csv.gz');
const reference = join(folder, 'handbook-features-2018-07-25_2018-08-14.csv.gz');
const skip = existsSync(transactions) && existsSync(reference) ? false : `${folder} has no handbook files`;

const DAY_MS = 86_400_000;
const entityTypes = ['user', 'merchant'];

/** The handbook's names, in the order of `handbookCatalogue`. */
const NAMES = [
  'TX_AMOUNT',
  'TX_DURING_WEEKEND',
  'TX_DURING_NIGHT',
  ...[1, 7, 30].flatMap((days) => [`CUSTOMER_ID_NB_TX_${days}DAY_WINDOW`, `CUSTOMER_ID_AVG_AMOUNT_${days}DAY_WINDOW`]),
  ...[1, 7, 30].flatMap((days) => [`TERMINAL_ID_NB_TX_${days}DAY_WINDOW`, `TERMINAL_ID_RISK_${days}DAY_WINDOW`]),
];

/**
 * Four times in these weeks a customer paid twice in the same second. A window includes what was learnt before, so their
 * order matters; the handbook sorted by time alone, which left one of the four pairs the other way round.
 */
const SWAPPED = ['1240489', '1240490'];
const FIRST_ID = 1_102_483;

function withPairSwapped(history: History): History {
  return (onRow) => {
    let held: HistoryRow | undefined;
    return history((row) => {
      if (row.id === SWAPPED[0]) {
        held = { ...row, event: { ...row.event, entities: row.event.entities.slice() } };
        return;
      }
      onRow(row);
      if (row.id === SWAPPED[1]) onRow(held!);
    });
  };
}

/** Where the replay put the transaction that the reference has in this row. */
function replayedRow(row: number): number {
  const at = SWAPPED.indexOf(String(FIRST_ID + row));
  return at < 0 ? row : Number(SWAPPED[1 - at]) - FIRST_ID;
}

test('the handbook, replayed through profiles', { skip }, async (t) => {
  const replayed: Extracted = await extractDataset(
    withPairSwapped(openHistory(transactions, HANDBOOK_MAP, { entityTypes })),
    {
      definitions: handbookCatalogue,
      entityTypes,
      from: Date.UTC(2018, 6, 25),
      to: Date.UTC(2018, 7, 15),
      delayMs: 7 * DAY_MS,
    },
  );
  const { dataset } = replayed;

  await t.test('the file is whole and in order', () => {
    const { rows, frauds, errors, disorder } = replayed;
    assert.deepEqual({ rows, frauds, errors, disorder }, { rows: 1_754_155, frauds: 14_681, errors: 0, disorder: 0 });
  });

  await t.test("its 15 features equal the handbook's own on every row", async () => {
    let columns: number[] = [];
    let row = 0;
    let largest = 0;
    await readCsv(reference, {
      header: (names) => {
        columns = NAMES.map((name) => names.indexOf(name));
        assert.ok(!columns.includes(-1));
      },
      row: (fields) => {
        assert.equal(Number(fields[0]), FIRST_ID + row);
        const at = replayedRow(row);
        for (let i = 0; i < columns.length; i++) {
          const difference = Math.abs(dataset.columns[i][at] - Number(fields[columns[i]]));
          // Not Math.max: NaN must fail.
          if (!(difference <= largest)) largest = difference;
        }
        row++;
      },
    });
    assert.equal(row, 201_295);
    assert.equal(dataset.rows, row);
    assert.ok(largest <= 1e-6, `largest difference ${largest}`);
  });

  await t.test('the protocol keeps the rows that the handbook keeps', () => {
    const { train, test: tested } = handbookSplit(dataset, {
      trainFrom: Date.UTC(2018, 6, 25),
      trainTo: Date.UTC(2018, 7, 1),
      testFrom: Date.UTC(2018, 7, 8),
      testTo: Date.UTC(2018, 7, 15),
      delayDays: 7,
    });
    const frauds = (labels: Uint8Array) => labels.reduce((sum, label) => sum + label, 0);
    assert.deepEqual([train.rows, frauds(train.labels)], [67_240, 598]);
    assert.deepEqual([tested.rows, frauds(tested.labels)], [58_264, 385]);
  });
});
