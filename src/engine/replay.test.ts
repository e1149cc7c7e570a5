import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, LABEL_FRAUD, LABEL_LEGITIMATE } from '../domain/event.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { createReplay } from './replay.ts';

function event(id: number, time: number): Event {
  const words = { country: 0, category: 0, channel: 0, location: 0 };
  const rest = { latitude: 0, longitude: 0, accountAgeDays: 0, offsetMinutes: 0, amount: 1 };
  return { id, type: 0, time, entities: Float64Array.of(id), ...words, ...rest };
}

/** Notes what is asked of profiles, in order. */
function notebook() {
  const learnt: string[] = [];
  const sequences: number[] = [];
  const profiles: Profiles = {
    entityTypes: ['user'],
    layouts: [],
    get: () => undefined,
    readSet: () => [],
    learn: ({ id }, sequence) => {
      learnt.push(`event ${id}`);
      sequences.push(sequence);
    },
    tell: () => assert.fail('a file tells no outcomes'),
    label: ({ id, entities }, [{ code }], sequence) => {
      learnt.push(`label ${id} ${code} ${entities[0]}`);
      sequences.push(sequence);
    },
  };
  return { learnt, sequences, profiles };
}

test('labels are learnt when they are known, in that order, and never before', () => {
  const rows = fc.array(
    fc.record({ gap: fc.nat({ max: 5 }), delay: fc.option(fc.nat({ max: 30 }), { nil: undefined }) }),
  );
  fc.assert(
    fc.property(rows, (made) => {
      const { learnt, sequences, profiles } = notebook();
      const replay = createReplay(profiles);
      // One event is used again and again, as the readers do.
      const reused = event(0, 0);
      const waiting: { id: number; knownAt: number }[] = [];
      const expected: string[] = [];
      made.forEach(({ gap, delay }, i) => {
        Object.assign(reused, { id: i + 1, time: reused.time + gap });
        reused.entities[0] = i + 1;
        const due = waiting
          .filter((one) => one.knownAt <= reused.time)
          .sort((a, b) => a.knownAt - b.knownAt || a.id - b.id);
        for (const one of due) {
          expected.push(`label ${one.id} ${one.id % 2 ? LABEL_FRAUD : LABEL_LEGITIMATE} ${one.id}`);
          waiting.splice(waiting.indexOf(one), 1);
        }
        expected.push(`event ${i + 1}`);
        replay.advance(reused.time);
        replay.learn(reused, (i + 1) % 2 === 1, delay === undefined ? Number.NaN : reused.time + delay);
        if (delay !== undefined) waiting.push({ id: i + 1, knownAt: reused.time + delay });
      });
      assert.deepEqual(learnt, expected);
      assert.equal(replay.pending, waiting.length);
      assert.deepEqual(
        sequences,
        Array.from(sequences, (_, i) => i + 1),
      );
    }),
  );
});

test('what became of an event is told when it is known, and counts from then on', () => {
  const { learnt, profiles } = notebook();
  const replay = createReplay({
    ...profiles,
    tell: ({ id, entities }, outcome) => void learnt.push(`told ${id} ${outcome} ${entities[0]}`),
  });
  const reused = event(1, 0);
  replay.learn(reused, false, Number.NaN);
  replay.tell(reused, 1, 5);
  replay.tell(reused, 2, 3);
  Object.assign(reused, event(2, 4));
  replay.advance(2);
  assert.deepEqual(learnt, ['event 1']);
  replay.advance(4);
  replay.learn(reused, false, Number.NaN);
  replay.advance(5);
  assert.deepEqual(learnt, ['event 1', 'told 1 2 1', 'event 2', 'told 1 1 1']);
});
