import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRing, type RecentHit } from './recent.ts';

const one = (id: string) => ({ record: { data: { transaction: { id } } }, told: undefined }) as unknown as RecentHit;
const idOf = ({ record }: RecentHit) => (record.data as { transaction: { id: string } }).transaction.id;

test('the newest are kept, as far as they are few and light enough: as a naive list of them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.record({ id: fc.integer({ max: 12, min: 0 }), weighs: fc.integer({ max: 9, min: 0 }) })),
      (capacity, pushes) => {
        const most = 12;
        const ring = createRing<RecentHit>(capacity, most);
        const naive: { id: string; weighs: number }[] = [];
        for (const { id, weighs } of pushes.map((push) => ({ ...push, id: `t${push.id}` }))) {
          ring.push(one(id), weighs);
          if (naive.some((other) => other.id === id)) continue;
          naive.push({ id, weighs });
          const sum = () => naive.reduce((total, other) => total + other.weighs, 0);
          while (naive.length > 1 && (naive.length > capacity || sum() > most)) naive.shift();
          assert.deepEqual(
            ring.last(100).map(idOf),
            naive.map((other) => other.id),
          );
          assert.deepEqual(
            ring.last(2).map(idOf),
            naive.slice(-2).map((other) => other.id),
          );
          assert.equal(ring.find(id) && idOf(ring.find(id)!), id);
        }
      },
    ),
  );
});
