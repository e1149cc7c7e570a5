import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalRecord } from '../../journal/journal.ts';
import { encodeRecord, type RawRecord } from './encoding.ts';
import { createHistory, type History } from './history.ts';
import { layoutOf, namesOf } from './layout.ts';
import { encodeOrder, FIRST_STATE, foldOrder, type OrderState } from './order.ts';

const layout = layoutOf(namesOf(), 2, 2);
const WINDOW = 6;

/** Partitions in memory, with a repeated key every so often, ordered two or three at a time by writers that change. */
function past(orders: number) {
  const partitions: RawRecord[][] = Array.from({ length: layout.sources + 1 }, () => []);
  const state = FIRST_STATE(layout.sources);
  const states: OrderState[] = [{ ...state, n: [...state.n] }];
  const places: { source: number; offset: number }[] = [];
  let count = 0;
  for (let i = 0; i < orders; i++) {
    const ranges: [number, number, number][] = [];
    for (const source of [i % 2, ...(i % 7 === 0 ? [layout.events] : [])]) {
      const from = partitions[source].length;
      for (let j = 0; j <= i % 3; j++) {
        const offset = partitions[source].length;
        const key = ++count % 5 === 0 && offset > 2 ? `k${source}:${offset - 2}` : `k${source}:${offset}`;
        const entry = { type: 'label' as const, at: count, key, data: { count } };
        partitions[source].push({ source, offset, timestamp: count, ...encodeRecord(entry, `n.${count}`) });
      }
      ranges.push([source, from, partitions[source].length - 1]);
    }
    // A snapshot now and then, some of them of a while ago.
    const known = states[Math.max(0, i - (i % 4))];
    const snapshot = i % 9 === 0 ? { ...known, n: [...known.n] } : undefined;
    const value = encodeOrder({ writer: `w${i % 11}`, ranges, snapshot }, layout.sources);
    partitions[layout.order].push({ source: layout.order, offset: i, timestamp: i, key: null, value, headers: [] });
    for (const segment of foldOrder(state, { writer: 'w', ranges }, i))
      for (let offset = segment.from; offset <= segment.to; offset++) places.push({ source: segment.source, offset });
    states.push({ ...state, n: [...state.n] });
  }
  return { partitions, state, places };
}

function historyOf({ partitions, state }: ReturnType<typeof past>, knownFrom = Number.POSITIVE_INFINITY) {
  let reads = 0;
  const history = createHistory({
    ...{ layout, window: WINDOW, folded: () => state.k },
    async readPartition(number, offset) {
      reads++;
      return partitions[number].slice(offset, offset + 10);
    },
    earliest: async () => 0,
    isVoid: (source, offset) => (offset >= knownFrom ? isTaken(partitions[source], offset) : undefined),
    onWarning: assert.fail,
  });
  return { history, reads: () => reads };
}

const keyAt = (records: RawRecord[], offset: number) => JSON.parse(records[offset].value!.toString()).key;
const isTaken = (records: RawRecord[], offset: number) =>
  Array.from({ length: Math.min(WINDOW, offset) }, (_, i) => keyAt(records, offset - 1 - i)).includes(
    keyAt(records, offset),
  );

async function readFrom(
  history: History,
  sequence: number,
  limit = Number.POSITIVE_INFINITY,
): Promise<JournalRecord[]> {
  const cursor = history.cursor();
  const records: JournalRecord[] = [];
  for await (const { base, source, from, to } of history.segments(sequence))
    for (let at = Math.max(base, sequence); at <= base + to - from; at++) {
      records.push(await cursor(source, from + at - base, at));
      if (records.length === limit) return records;
    }
  return records;
}

test('the past is the same from wherever it is read, and what is void is void', async () => {
  const log = past(700);
  const whole = await readFrom(historyOf(log).history, 1);
  assert.equal(whole.length, log.places.length);
  for (const [i, { sequence, position, type, data }] of whole.entries()) {
    const { source, offset } = log.places[i];
    assert.deepEqual([sequence, position], [i + 1, { partition: source, offset }]);
    assert.equal(type, isTaken(log.partitions[source], offset) ? 'void' : 'label');
    if (type === 'label')
      assert.equal(data.count, JSON.parse(log.partitions[source][offset].value!.toString()).data.count);
  }
  assert.ok(whole.some(({ type }) => type === 'void'));
  for (const from of [2, 5, 399, 700, whole.length - 1, whole.length]) {
    const { history } = historyOf(log);
    assert.deepEqual(await readFrom(history, from, 60), whole.slice(from - 1, from + 59));
    const { history: partly } = historyOf(log, 300);
    assert.deepEqual(await readFrom(partly, from, 60), whole.slice(from - 1, from + 59));
  }
  assert.deepEqual(await readFrom(historyOf(log).history, whole.length + 1), []);
});

test('the place of a record gives its sequence, by a search that remembers', async () => {
  const log = past(3_000);
  const { history, reads } = historyOf(log);
  for (let i = 0; i < log.places.length; i += 397) {
    const { source, offset } = log.places[i];
    assert.equal(await history.sequenceOf(source, offset), i + 1);
  }
  assert.equal(await history.sequenceOf(0, 1e9), undefined);
  const before = reads();
  await history.sequenceOf(log.places[40].source, log.places[40].offset);
  assert.ok(reads() - before < 60);
});

test('a process that starts takes up the newest snapshot', async () => {
  for (const orders of [0, 1, 5, 40, 1_500]) {
    const log = past(orders);
    const { history } = historyOf(log);
    const state = await history.newestSnapshot(orders);
    const at = { ...state, n: [...state.n] };
    for (const { value, offset } of log.partitions[layout.order].slice(at.k))
      foldOrder(
        at,
        JSON.parse(value!.toString()).r && { writer: 'w', ranges: JSON.parse(value!.toString()).r },
        offset,
      );
    assert.deepEqual(at, log.state);
    assert.ok(orders - state.k <= 13);
  }
});
