import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CASE_ENTITIES, FORMER_WINDOW_MS } from '../domain/case.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { actOnCase } from './case-acts.ts';
import { type CaseFold, emptyCaseFold, withdrawAlert } from './case-fold.ts';
import { type Alert, addAlert } from './case-joining.ts';

const HOUR = 3_600_000;

/** Few entities and a few days, so that alerts meet. */
const alerts = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 100 }),
    keys: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 4 }),
    decline: fc.boolean(),
    score: fc.integer({ min: 0, max: 100 }),
    amount: fc.integer({ min: 0, max: 1_000 }),
    /** What is done after it: nothing, a resolution, a deletion. */
    next: fc.constantFrom('nothing', 'nothing', 'nothing', 'resolve', 'delete'),
    which: fc.nat(),
  }),
  { maxLength: 60 },
);
type Step = (typeof alerts extends fc.Arbitrary<infer T> ? T : never)[0];

function run(steps: Step[]): CaseFold {
  const fold = emptyCaseFold();
  steps.forEach((step, index) => {
    const alert: Alert = {
      ...{ transactionId: `t${index}`, sequence: index + 1, at: index, time: step.hours * HOUR, score: step.score },
      ...{ decision: step.decline ? 'decline' : 'review', amount: step.amount, amountAtRisk: step.amount / 4 },
      keys: step.keys,
      values: step.keys.map(String),
      rules: step.keys.filter((key) => key > 0).map((key) => `r${key % 3}`),
    };
    addAlert(fold, alert);
    const all = [...fold.alerts.values()];
    const chosen = all[step.which % all.length];
    if (step.next === 'delete') withdrawAlert(fold, chosen.transactionId);
    const open = [...fold.cases.values()].filter(({ status, transactions }) => status === 'open' && transactions > 0);
    if (step.next === 'resolve' && open.length > 0) {
      const { id, version } = open[step.which % open.length];
      const data = { action: 'resolve', caseId: id, version, resolution: 'fraud' };
      actOnCase(fold, { type: 'case', at: index, key: 'c:x', data, sequence: 0, version: 1 } as JournalRecord);
    }
  });
  return fold;
}

test('every alert is in one case, and a case is what its alerts add up to', () => {
  fc.assert(
    fc.property(alerts, (steps) => {
      const fold = run(steps);
      const deleted = steps.length - fold.alerts.size;
      const total = [...fold.cases.values()].reduce((sum, { transactions }) => sum + transactions, 0);
      assert.equal(total + deleted, steps.length);
      for (const row of fold.cases.values()) {
        const own = [...fold.alerts.values()].filter(({ caseId }) => caseId === row.id);
        assert.equal(row.transactions, own.length);
        assert.equal(row.declines, own.filter(({ decision }) => decision === 'decline').length);
        assert.equal(
          row.amount,
          own.reduce((sum, { amount }) => sum + amount, 0),
        );
        assert.deepEqual(row.rules, [...new Set(own.flatMap(({ rules }) => rules))].sort());
        assert.equal(row.score, Math.max(0, ...own.map(({ score }) => score)));
        for (const [index, type] of CASE_ENTITIES.entries())
          for (const key of new Set(own.map(({ keys }) => keys[index]).filter(Boolean))) {
            const naming = own.filter(({ keys }) => keys[index] === key).length;
            assert.equal(fold.links.get(`${type} ${key}`)?.get(row.id)?.alerts, naming);
            assert.ok(naming <= row.entityAlerts, 'the case is named after what most of it shares');
          }
      }
    }),
  );
});

test('alerts that could have met are apart only for a reason: time, a resolution, or that they came first', () => {
  fc.assert(
    fc.property(alerts, (steps) => {
      const fold = run(steps.map((step) => ({ ...step, next: 'nothing' })));
      // Of alerts without a case to join, each opened one: no earlier case of the moment shared an entity within a day.
      for (const row of fold.cases.values()) {
        const first = fold.alerts.get(`t${row.sequence - 1}`)!;
        for (const other of fold.alerts.values()) {
          if (other.sequence >= first.sequence) continue;
          const shared = other.keys.some((key, index) => key !== 0 && key === first.keys[index]);
          const near = Math.abs(other.time - first.time) <= FORMER_WINDOW_MS;
          assert.ok(!shared || !near, `${first.transactionId} should have met ${other.transactionId}`);
        }
      }
    }),
  );
});
