import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CASE_ENTITIES, type CaseEntity } from '../domain/case.ts';
import { type CaseFold, emptyCaseFold } from './case-fold.ts';
import { type Alert, addAlert, joiningPlaces, NotWhole } from './case-joining.ts';

const HOUR = 3_600_000;
const steps = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 100 }),
    keys: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
    hubs: fc.subarray<CaseEntity>(['device', 'card', 'mailbox', 'user']),
    assigned: fc.boolean(),
  }),
  { maxLength: 60 },
);

type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

const alertOf = ({ hours, keys, hubs }: Step, index: number): Alert => ({
  ...{ transactionId: `t${index}`, sequence: index + 1, at: index, time: hours * HOUR, score: 50 },
  ...{ decision: 'review', amount: index, amountAtRisk: index / 4, keys, values: keys.map(String), rules: [] },
  joining: { windowMs: 1_000 * HOUR, hubs },
});

/** Sets of alerts, by their places. */
const partition = (fold: CaseFold) => {
  const sets = new Map<string, number[]>();
  for (const { caseId, sequence } of fold.alerts.values())
    sets.set(caseId, [...(sets.get(caseId) ?? []), sequence - 1]);
  return [...sets.values()].map((set) => set.sort((a, b) => a - b)).sort((a, b) => a[0] - b[0]);
};

test('where nobody is assigned, cases are what the alerts join, one after the other', () => {
  fc.assert(
    fc.property(steps, (made) => {
      const fold = emptyCaseFold();
      for (const [index, step] of made.entries()) addAlert(fold, alertOf(step, index));
      // The oracle: groups of alerts; a new one makes one of all groups that name any of what joins it.
      let groups: number[][] = [];
      made.forEach(({ keys, hubs }, index) => {
        const places = joiningPlaces({ windowMs: 0, hubs });
        const met = (group: number[]) =>
          group.some((other) => places.some((place) => keys[place] > 0 && made[other].keys[place] === keys[place]));
        groups = [...groups.filter((group) => !met(group)), [...groups.filter(met).flat(), index]];
      });
      const expected = groups.map((group) => group.sort((a, b) => a - b)).sort((a, b) => a[0] - b[0]);
      assert.deepEqual(partition(fold), expected);
      // A case is what its alerts add up to, also after merges.
      for (const row of fold.cases.values()) {
        const own = [...fold.alerts.values()].filter(({ caseId }) => caseId === row.id);
        assert.deepEqual([row.transactions, row.status], [own.length, own.length > 0 ? 'open' : 'merged']);
        assert.equal(row.amount, own.reduce((sum, { amount }) => sum + amount, 0)); // biome-ignore format: one line
        for (const [place, type] of CASE_ENTITIES.entries())
          for (const key of new Set(own.map(({ keys }) => keys[place]).filter(Boolean)))
            assert.equal(
              fold.links.get(`${type} ${key}`)?.get(row.id)?.alerts,
              own.filter(({ keys }) => keys[place] === key).length,
            );
      }
    }),
  );
});

test('a case that somebody works on is never merged; what an alert has in common with it is proposed', () => {
  fc.assert(
    fc.property(steps, (made) => {
      const fold = emptyCaseFold();
      for (const [index, step] of made.entries()) {
        const before = new Set(
          [...fold.cases.values()].filter(({ assignee }) => assignee !== null).map(({ id }) => id),
        );
        addAlert(fold, alertOf(step, index));
        for (const id of before) assert.equal(fold.cases.get(id)?.status, 'open');
        const own = fold.cases.get(fold.alerts.get(`t${index}`)!.caseId)!;
        for (const place of joiningPlaces(alertOf(step, index).joining))
          for (const [id, { alerts }] of fold.links.get(`${CASE_ENTITIES[place]} ${step.keys[place]}`) ?? []) {
            const other = fold.cases.get(id)!;
            if (id === own.id || alerts === 0 || other.status !== 'open' || !step.keys[place]) continue;
            assert.ok(own.proposed.includes(id) && other.proposed.includes(own.id), `${own.id} and ${id}`);
          }
        if (step.assigned) own.assignee = 'ann';
      }
    }),
  );
});

test('a case of which not all is known is not merged, and told', () => {
  const fold = emptyCaseFold();
  const step = { hours: 0, hubs: [], assigned: false };
  addAlert(fold, alertOf({ ...step, keys: [1, 0, 0, 1, 0] }, 0));
  addAlert(fold, alertOf({ ...step, keys: [2, 0, 0, 2, 0] }, 1));
  fold.whole.delete('case_1');
  assert.throws(
    () => addAlert(fold, alertOf({ ...step, keys: [1, 0, 0, 2, 0] }, 2)),
    (error: unknown) => error instanceof NotWhole && error.caseIds.join() === 'case_1',
  );
});
