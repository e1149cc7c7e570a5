import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeOrder, encodeOrder, FIRST_STATE, foldOrder, type OrderRecord, type Segment } from './order.ts';
import { createSegments } from './segments.ts';

const SOURCES = 3;

/** Records of several writers, each of which knows only a part of what was written before. */
const history = fc
  .array(
    fc.record({
      writer: fc.constantFrom('a', 'b', 'c'),
      behind: fc.nat({ max: 3 }),
      add: fc.array(fc.nat({ max: 4 }), { minLength: SOURCES, maxLength: SOURCES }),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const ends = new Array<number>(SOURCES).fill(0);
    const states = [FIRST_STATE(SOURCES)];
    const records: OrderRecord[] = [];
    for (const { writer, behind, add } of steps) {
      for (let source = 0; source < SOURCES; source++) ends[source] += add[source];
      const known = states[Math.max(0, states.length - 1 - behind)];
      const ranges: OrderRecord['ranges'] = [];
      for (let source = 0; source < SOURCES; source++)
        if (ends[source] > known.n[source]) ranges.push([source, known.n[source], ends[source] - 1]);
      const record = { writer, ranges, snapshot: { ...known, n: [...known.n] } };
      records.push(record);
      const next = { ...states.at(-1)!, n: [...states.at(-1)!.n] };
      foldOrder(next, record, records.length - 1);
      states.push(next);
    }
    return { records, ends };
  });

function folded(records: readonly OrderRecord[]): Segment[] {
  const state = FIRST_STATE(SOURCES);
  return records.flatMap((record, offset) => foldOrder(state, record, offset));
}

test('writers that overlap give each record one sequence, without a gap', () => {
  fc.assert(
    fc.property(history, ({ records, ends }) => {
      const seen = new Set<string>();
      let next = 1;
      for (const { base, source, from, to } of folded(records)) {
        assert.equal(base, next);
        next += to - from + 1;
        for (let offset = from; offset <= to; offset++) seen.add(`${source}:${offset}`);
      }
      assert.equal(seen.size, next - 1);
      assert.equal(seen.size, records.length === 0 ? 0 : ends.reduce((sum, end) => sum + end, 0));
    }),
  );
});

test('a fold that begins at any writer’s snapshot goes on as the whole one', () => {
  fc.assert(
    fc.property(history, fc.nat(), ({ records }, pick) => {
      if (records.length === 0) return;
      const at = pick % records.length;
      const state = { ...records[at].snapshot!, n: [...records[at].snapshot!.n] };
      const begun: Segment[] = [];
      for (let offset = state.k; offset < records.length; offset++)
        begun.push(...foldOrder(state, records[offset], offset));
      const whole = folded(records);
      assert.deepEqual(begun, whole.slice(whole.length - begun.length));
    }),
  );
});

test('what is no record of the order, or leaves a gap, changes nothing', () => {
  const record = { writer: 'w', ranges: [[0, 0, 2]] as [number, number, number][], snapshot: FIRST_STATE(SOURCES) };
  assert.deepEqual(decodeOrder(encodeOrder(record, SOURCES), SOURCES), record);
  const bad = [
    '',
    'x',
    'null',
    '{}',
    '{"v":2,"p":3,"w":"w","r":[]}',
    '{"v":1,"p":4,"w":"w","r":[]}',
    '{"v":1,"p":3,"w":"w","r":[[3,0,1]]}',
    '{"v":1,"p":3,"w":"w","r":[[0,2,1]]}',
    '{"v":1,"p":3,"w":"w","r":[[0,-1,1]]}',
    '{"v":1,"p":3,"w":"w","r":[[0,0,0.5]]}',
    '{"v":1,"p":3,"w":"w","r":[],"s":{"k":0,"b":1,"n":[0]}}',
  ];
  for (const text of bad) assert.equal(decodeOrder(Buffer.from(text), SOURCES), undefined, text);
  assert.equal(decodeOrder(null, SOURCES), undefined);
  const state = FIRST_STATE(SOURCES);
  assert.deepEqual(foldOrder(state, undefined, 0), []);
  assert.deepEqual(foldOrder(state, { writer: 'w', ranges: [[1, 5, 9]] }, 1), []);
  assert.deepEqual(state, { k: 2, b: 1, n: [0, 0, 0] });
});

test('segments in memory give the place of a sequence and the sequence of a place', () => {
  fc.assert(
    fc.property(history, ({ records }) => {
      const segments = createSegments();
      const all = folded(records);
      for (const segment of all) segments.push(segment);
      for (const { base, source, from, to } of all)
        for (let offset = from; offset <= to; offset++) {
          const at = segments.at(base + offset - from)!;
          assert.deepEqual([at.source, at.from + base + offset - from - at.base], [source, offset]);
          assert.equal(segments.sequenceOf(source, offset), base + offset - from);
        }
      assert.equal(segments.at(0), undefined);
      assert.equal(segments.sequenceOf(0, 1e9), undefined);
    }),
  );
  const many = createSegments();
  for (let i = 0; i < 100_000; i++)
    many.push({ base: 2 * i + 1, source: i % 2, from: (i >> 1) * 2, to: (i >> 1) * 2 + 1 });
  assert.ok(many.first > 1);
  assert.equal(many.at(1), undefined);
  assert.equal(many.at(199_999)?.base, 199_999);
  assert.equal(many.sequenceOf(0, 0), undefined);
});
