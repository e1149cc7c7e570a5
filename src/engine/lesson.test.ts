import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effective, LABEL_SOURCES, type Statement, voicesFrom } from '../domain/label.ts';
import { inForce, speak, type Voice } from '../profiles/voices.ts';
import { wordsOf } from './lesson.ts';

const CODES = { none: 0, fraud: 1, legitimate: 2 } as const;

function statements() {
  const one = fc.record({
    source: fc.constantFrom(...LABEL_SOURCES, 'dispute' as const),
    label: fc.constantFrom('fraud' as const, 'legitimate' as const, 'none' as const),
    time: fc.nat({ max: 3 }),
    ranked: fc.boolean(),
    pinned: fc.boolean(),
    dispute: fc.nat({ max: 1 }),
  });
  return fc.array(one, { maxLength: 7 }).map((rows) =>
    rows.map(({ source, label, time, ranked, pinned, dispute }, i): Statement => {
      const isDispute = source === 'dispute';
      const own = { source, label: isDispute && label === 'legitimate' ? ('none' as const) : label, time };
      const more = { sequence: i + 1, ranked: ranked || isDispute, pinned: pinned && ranked && !isDispute };
      return { ...own, ...more, ...(isDispute ? { disputeId: `d${dispute}` } : {}) };
    }),
  );
}

test('profiles hold in force what the domain does, in whatever order and however often it is said', () => {
  fc.assert(
    fc.property(statements(), fc.array(fc.nat({ max: 6 })), fc.infiniteStream(fc.nat()), (said, again, ranks) => {
      const expected = effective(voicesFrom(said))?.label ?? 'none';
      const delivered = [...said, ...again.flatMap((i) => said[i] ?? [])]
        .map((statement) => ({ statement, by: ranks.next().value as number }))
        .sort((a, b) => a.by - b.by);
      let voices: Voice | undefined;
      for (const { statement } of delivered)
        for (const word of wordsOf(statement)) voices = speak(voices, word, statement.sequence);
      assert.equal(inForce(voices), CODES[expected]);
    }),
    { numRuns: 2_000 },
  );
});

test('two disputes of one payment have voices of their own, and so has a pin', () => {
  const said = { label: 'fraud', time: 1, sequence: 1, ranked: true, pinned: false } as const;
  const voices = [
    ...wordsOf({ ...said, source: 'dispute', disputeId: 'a' }),
    ...wordsOf({ ...said, source: 'dispute', disputeId: 'b' }),
    ...wordsOf({ ...said, source: 'analyst' }),
    ...wordsOf({ ...said, source: 'analyst', pinned: true }),
    ...wordsOf({ ...said, source: 'chargeback' }),
  ].map(({ voice }) => voice);
  assert.equal(new Set(voices).size, 5);
});
