import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { type Aborted, committedOf } from './committed.ts';

/** A partition's log as a broker writes it: batches and markers by offset, and which transactions were aborted. */
interface Written {
  batches: RecordsBatch[];
  aborted: (Aborted & { lastOffset: bigint })[];
  /** First offsets of the data batches that a reader should get. */
  committed: bigint[];
}

type Step = { producer: number; does: 'write' | 'commit' | 'abort'; records: number };

const PLAIN = -1;

function written(steps: Step[]): Written {
  const log: Written = { batches: [], aborted: [], committed: [] };
  const open = new Map<number, bigint[]>();
  let offset = 0n;
  const append = (producer: number, attributes: number, count: number, key: Buffer | null) => {
    log.batches.push({
      ...{ firstOffset: offset, lastOffsetDelta: count - 1, producerId: BigInt(producer), attributes },
      records: Array.from({ length: count }, (_, offsetDelta) => ({ offsetDelta, key })),
    } as unknown as RecordsBatch);
    offset += BigInt(count);
  };
  const end = (producer: number, type: 0 | 1) => {
    const own = open.get(producer) ?? [];
    // A transaction that wrote nothing here may leave a marker all the same; it is not in the index.
    if (type === 1) log.committed.push(...own);
    else if (own.length > 0)
      log.aborted.push({ producerId: BigInt(producer), firstOffset: own[0], lastOffset: offset });
    open.delete(producer);
    append(producer, 0b110000, 1, Buffer.of(0, 0, 0, type));
  };
  for (const { producer, does, records } of steps) {
    if (does === 'write' && producer === PLAIN) {
      log.committed.push(offset);
      append(PLAIN, 0, records, null);
    } else if (does === 'write') {
      open.set(producer, [...(open.get(producer) ?? []), offset]);
      append(producer, 0b010000, records, null);
    } else if (producer !== PLAIN) end(producer, does === 'commit' ? 1 : 0);
  }
  for (const producer of [...open.keys()]) end(producer, 0);
  return log;
}

const step = fc.record({
  producer: fc.integer({ min: PLAIN, max: 2 }),
  does: fc.constantFrom('write' as const, 'write' as const, 'commit' as const, 'abort' as const),
  records: fc.integer({ min: 1, max: 3 }),
});

test('whatever was written, and wherever fetches begin and end: exactly what is committed, once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (steps, perFetch) => {
      const { batches, aborted, committed } = written(steps);
      const got: bigint[] = [];
      for (let from = 0; from < batches.length; from += perFetch) {
        const fetched = batches.slice(from, from + perFetch);
        const first = fetched[0].firstOffset;
        const end = fetched.at(-1)!.firstOffset + BigInt(fetched.at(-1)!.lastOffsetDelta) + 1n;
        // As the broker chooses them: those that reach into the fetch.
        const told = aborted.filter(({ firstOffset, lastOffset }) => lastOffset >= first && firstOffset < end);
        for (const batch of committedOf(fetched, told.toReversed()))
          if (!(batch.attributes & 0b100000)) got.push(batch.firstOffset);
      }
      assert.deepEqual(
        got,
        committed.toSorted((a, b) => Number(a - b)),
      );
    }),
    { numRuns: 2_000 },
  );
});
