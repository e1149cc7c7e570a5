import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LABEL_SOURCES, labelRank } from '../domain/label.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { undoOf } from './case-undo.ts';
import { withLabel } from './life.ts';
import type { TransactionView } from './store.ts';

const statement = fc.record({
  label: fc.constantFrom('fraud', 'legitimate', 'none'),
  source: fc.constantFrom(...LABEL_SOURCES),
  pinned: fc.boolean(),
  /** As of then; absent: when it was recorded. */
  occurredAt: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
});
type Said = typeof statement extends fc.Arbitrary<infer T> ? T : never;

const empty = {
  id: 't',
  createdAt: '',
  status: 'pending',
  transactionDate: '1970-01-01T00:00:00.000Z',
} as TransactionView;

/** Records one after the other, from a moment on. */
function told(view: TransactionView, from: number, all: Record<string, unknown>[]): TransactionView {
  return all.reduce<TransactionView>((before, data, index) => {
    const record = { type: 'label', at: from + index, sequence: from + index, data } as unknown as JournalRecord;
    return withLabel(before, { ...record, data: { labelId: `l${from + index}`, transactionId: 't', ...data } }).view;
  }, view);
}
const ranked = ({ pinned, ...said }: Said) => ({ ...said, rank: labelRank(said.source, pinned) });
const inForce = ({ effective }: TransactionView) => {
  const { label, source, pinned } = (effective ?? {}) as Record<string, unknown>;
  return { label, source, pinned };
};

test('a label that a case gave is taken back: in force is what would be had it never been given', () => {
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 5 }),
      fc.constantFrom('fraud', 'legitimate'),
      fc.array(statement, { maxLength: 3 }),
      fc.boolean(),
      (before, label, after, again) => {
        const given = { label, source: 'analyst', rank: labelRank('analyst'), caseId: 'case_1' };
        let view = told(told(empty, 0, before.map(ranked)), 10, [given]);
        view = told(view, 12, after.map(ranked));
        const back = (was: TransactionView, at: number) => {
          const { labelId: undoes, label: word, time: occurredAt } = undoOf(was)!;
          return told(was, at, [{ ...given, label: word, occurredAt, undoes }]);
        };
        const without = told(told(empty, 0, before.map(ranked)), 12, after.map(ranked));
        view = back(view, 30);
        assert.deepEqual(inForce(view), inForce(without));
        assert.equal(undoOf(view), undefined, 'once');
        // Resolved again the other way, and taken back again.
        if (!again) return;
        view = back(told(view, 40, [{ ...given, label: label === 'fraud' ? 'legitimate' : 'fraud' }]), 50);
        assert.deepEqual(inForce(view), inForce(without));
      },
    ),
    { numRuns: 500 },
  );
});

test('a label of before ranks stands again', () => {
  const old = { label: 'legitimate', source: 'analyst' };
  const given = { label: 'fraud', source: 'analyst', rank: labelRank('analyst'), caseId: 'case_1' };
  assert.deepEqual(undoOf(told(empty, 0, [old, given])), { labelId: 'l1', label: 'legitimate', time: 1 });
  const undo = undoOf(told(empty, 0, [{ ...old, caseId: 'case_1' }]));
  assert.deepEqual(undo, { labelId: 'l0', label: 'none', time: 0 });
});
