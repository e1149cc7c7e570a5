import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition } from '../features/definition.ts';
import { take } from './dataset.ts';
import { applyEncodings, learnEncodings } from './encoding.ts';
import { type ExtractOptions, extractDataset } from './extract.ts';
import { handbookSplit } from './handbook.ts';
import { blankRow, type History, type HistoryRow, sortedByTime } from './history.ts';
import { between, splitByTime } from './split.ts';

const entityTypes = ['user', 'merchant'];
const DAY = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);

interface Made {
  time: number;
  user?: number;
  amount?: number;
  category?: number;
  fraud?: boolean;
  labelledAt?: number;
}

function historyOf(made: Made[]): History {
  return async (onRow) => {
    const row: HistoryRow = blankRow(entityTypes);
    made.forEach(({ time, user = 1, amount = 5, category = 0, fraud = false, labelledAt = Number.NaN }, i) => {
      Object.assign(row.event, { id: i + 1, time, amount, category });
      row.event.entities.set([user, 9]);
      Object.assign(row, { id: `t${i + 1}`, fraud, labelledAt, card: user });
      onRow(row);
    });
    return { rows: made.length, errors: 0 };
  };
}

const count: FeatureDefinition = { name: 'count', operation: 'count', entity: 'user', windowSeconds: 86_400 };
const frauds: FeatureDefinition = { name: 'frauds', operation: 'frauds', entity: 'user', windowSeconds: 30 * 86_400 };

async function columns(made: Made[], definitions: FeatureDefinition[], more: Partial<ExtractOptions> = {}) {
  const { dataset } = await extractDataset(historyOf(made), { definitions, entityTypes, ...more });
  return Object.fromEntries(dataset.features.map((name, i) => [name, [...dataset.columns[i]]]));
}

test('each row is scored before it is learnt, and rows out of the range are only learnt', async () => {
  const made = [0, 1, 2, 3].map((hour) => ({ time: T0 + hour * 3_600_000 }));
  assert.deepEqual((await columns(made, [count])).count, [0, 1, 2, 3]);
  const range = { from: made[1].time, to: made[3].time };
  assert.deepEqual((await columns(made, [count], range)).count, [1, 2]);
});

test('words of payments come along by name, through every cut', async () => {
  const history: History = async (onRow) => {
    const summary = await historyOf([7, 8, 7, 0, 9].map((category, i) => ({ time: T0 + i * DAY, category })))(onRow);
    return { ...summary, words: new Map([7, 8].map((hash) => [hash, `word ${hash}`])) };
  };
  const { dataset } = await extractDataset(history, { definitions: [count], entityTypes });
  const wordsOf = ({ words }: typeof dataset) => {
    const { names, codes } = words!.find(({ field }) => field === 'category')!;
    return Array.from(codes, (code) => names[code]);
  };
  assert.deepEqual(wordsOf(dataset), ['word 7', 'word 8', 'word 7', '', '']);
  assert.deepEqual(wordsOf(between(dataset, T0 + DAY, T0 + 3 * DAY)), ['word 8', 'word 7']);
  assert.deepEqual(wordsOf(take(dataset, [2, 1])), ['word 7', 'word 8']);
  const silent = await extractDataset(historyOf([{ time: T0 }]), { definitions: [count], entityTypes });
  assert.equal(silent.dataset.words, undefined);
});

test('a label is known from its own time on, else after the delay, else never', async () => {
  const fraud = { time: T0, fraud: true, labelledAt: T0 + 2 * DAY };
  const later = [DAY, 2 * DAY - 1, 2 * DAY, 3 * DAY].map((after) => ({ time: T0 + after }));
  assert.deepEqual((await columns([fraud, ...later], [frauds])).frauds, [0, 0, 0, 1, 1]);
  const silent = { time: T0, fraud: true };
  assert.deepEqual((await columns([silent, ...later], [frauds], { delayMs: 3 * DAY })).frauds, [0, 0, 0, 0, 1]);
  assert.deepEqual((await columns([silent, ...later], [frauds])).frauds, [0, 0, 0, 0, 0]);
});

test('labels come in the order of their own times, whatever the order of their events', async () => {
  const made = Array.from({ length: 60 }, (_, i) => ({
    time: T0 + i * 3_600_000,
    fraud: true,
    labelledAt: T0 + i * 3_600_000 + ((i * 37) % 50) * 3_600_000 + 1,
  }));
  const known = made.map(({ time }) => made.filter((one) => one.labelledAt <= time).length);
  assert.deepEqual((await columns(made, [frauds])).frauds, known);
});

test('rows that come late are learnt at their own time; sorting first shows each row its whole past', async () => {
  const made = [3, 1, 2, 1].map((hour, i) => ({ time: T0 + hour * 3_600_000, amount: i, fraud: i === 0 }));
  const definitions = [count, { name: 'amount', operation: 'amount' }];
  const options = { definitions, entityTypes };
  const asTheyCame = await extractDataset(historyOf(made), options);
  assert.equal(asTheyCame.disorder, 3);
  assert.deepEqual([...asTheyCame.dataset.columns[1]], [1, 3, 2, 0], 'the matrix is in time order all the same');
  assert.deepEqual([...asTheyCame.dataset.columns[0]], [0, 1, 1, 0]);
  const { dataset, disorder } = await extractDataset(sortedByTime(historyOf(made), entityTypes), options);
  assert.equal(disorder, 0);
  assert.deepEqual([...dataset.columns[1]], [1, 3, 2, 0]);
  assert.deepEqual([...dataset.columns[0]], [0, 1, 2, 3]);
  assert.deepEqual([...dataset.labels], [0, 0, 0, 1]);
});

test('an encoding that serves gives what training wrote over the words', async () => {
  const definitions = [{ name: 'category_risk', operation: 'encoding', field: 'category' }];
  const made = Array.from({ length: 1000 }, (_, i) => {
    const category = i % 10 === 0 ? 0 : i < 995 ? 1 + (i % 2) : 77;
    return { time: T0 + i, category, fraud: category === 1 && i % 20 === 1 };
  });
  const { dataset } = await extractDataset(historyOf(made), { definitions, entityTypes });
  assert.deepEqual([...dataset.columns[0].subarray(0, 3)], [Number.NaN, 2, 1], 'words, until there are codes');
  const encodings = learnEncodings(dataset, definitions);
  applyEncodings(dataset, definitions, encodings);
  const served = await extractDataset(historyOf(made), { definitions, entityTypes, encodings });
  assert.deepEqual(served.dataset.columns, dataset.columns);
  assert.equal(dataset.columns[0][999], encodings.category.other, 'a rare word is an unknown one');
  assert.ok(dataset.columns[0][2] > dataset.columns[0][1]);
});

test("the handbook's protocol drops customers who are known to be defrauded, day by day", async () => {
  const at = (day: number, user: number, fraud = false) => ({ time: T0 + day * DAY, user, fraud });
  const made = [
    at(0, 1, true), // before training: not known to the protocol
    at(1, 2, true), // in training
    at(1, 3),
    at(2, 4, true), // between training and test: known from its day + 8 on
    at(3, 5, true), // known from day 11 on
    ...[10, 11].flatMap((day) => [1, 2, 3, 4, 5].map((user) => at(day, user, day === 10 && user === 3))),
  ];
  const { dataset } = await extractDataset(historyOf(made), { definitions: [count], entityTypes });
  const day = (number: number) => T0 + number * DAY;
  const period = { trainFrom: day(1), trainTo: day(2), testFrom: day(10), testTo: day(12), delayDays: 7 };
  const { train, test: tested } = handbookSplit(dataset, period);
  assert.deepEqual([...train.cards], [2, 3]);
  assert.deepEqual([...tested.cards], [1, 3, 5, 1, 3]);
  assert.deepEqual([...tested.labels], [0, 1, 0, 0, 0]);
});

test('parts by time', async () => {
  const made = [0, 1, 1, 1, 2, 3].map((hour) => ({ time: T0 + hour }));
  const { dataset } = await extractDataset(historyOf(made), { definitions: [count], entityTypes });
  assert.equal(between(dataset, T0 + 1, T0 + 3).rows, 4);
  const { first, last } = splitByTime(dataset, 0.5);
  assert.deepEqual([first.rows, last.rows], [1, 5], 'rows of one moment stay together');
});
