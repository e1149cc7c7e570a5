import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayJournal } from '../../test/support/array-journal.ts';
import { declined, honest, suspectCase } from '../../test/support/subjects.ts';
import type { Narrative } from '../domain/narrative.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Asked, Asker } from './asker.ts';
import { createNarration, type NarrationPorts } from './narration.ts';
import type { Subject } from './narrator.ts';

const text: Narrative = { ...(honest as Omit<Narrative, 'source'>), source: 'model', model: 'small' };

function entry(id: string, decision = 'decline'): JournalEntry {
  const { reasons, score, probability, amount, currency, time, offsetMinutes } = declined;
  const transaction = { id, amount, currency, time, offsetMinutes, merchantId: 'm1' };
  const made = { decision, score, probability, reasons, rules: [], oodWarning: [] };
  return { type: 'decision', at: time, key: `t:${id}`, data: { transaction, decision: made }, personal: {} };
}

function setUp(
  options: Partial<NarrationPorts> & { ask?: (subject: Subject) => Promise<Asked>; waitMs?: () => number } = {},
) {
  const journal = arrayJournal();
  const asked: string[] = [];
  const { ask = async () => ({ narrative: text }), waitMs = () => 0, ...ports } = options;
  const asker: Asker = {
    ask: (subject) => {
      asked.push(subject.id);
      return ask(subject);
    },
    waitMs,
    ...{ open: false, stuck: 0, close: () => {} },
  };
  const narration = createNarration({
    ...{ journal, asker: { asker, model: 'small', close: async () => {} }, narrate: 'alerts', concurrency: 1 },
    ...{ hidden: () => false, clock: () => 5, log: { warn: () => {} } },
    ...ports,
  });
  return { journal, narration, asked };
}

const until = async (done: () => boolean) => {
  for (let i = 0; i < 400 && !done(); i++) await sleep(5);
  assert.ok(done());
};

test('what needs a person is told once it is durable, and the text is a record of its own', async () => {
  const { journal, narration, asked } = setUp();
  journal.append(entry('t1'), entry('t2', 'approve'), entry('t3', 'review'));
  assert.deepEqual(asked, [], 'nothing in the tick of the journal');
  await until(() => journal.records.length === 5);
  assert.deepEqual(asked.sort(), ['t1', 't3']);
  const record = journal.records.find(({ key }) => key === 'n:t1')!;
  assert.deepEqual([record.type, record.data], ['narrative', { transactionId: 't1', model: 'small' }]);
  assert.deepEqual(record.personal, { narrative: text });
  assert.deepEqual(await narration.written('t1'), text);
  assert.equal(narration.status().written, 2);
  await narration.close();
});

test('without a model, or where it fails, the template’s text stands', async () => {
  const none = setUp({ asker: undefined, narrate: 'all' });
  none.journal.append(entry('t1'));
  const { narrative, failure } = await none.narration.ofDecision(none.journal.records[0], true);
  assert.deepEqual([narrative.source, narrative.summary.length > 40, failure], ['template', true, undefined]);
  assert.equal((await none.narration.ofCase(suspectCase, true)).narrative.source, 'template');
  assert.equal(none.journal.records.length, 1);

  const failing = setUp({ ask: async () => ({ failure: 'signal' }) });
  failing.journal.append(entry('t1'));
  const told = await failing.narration.ofDecision(failing.journal.records[0], true);
  assert.deepEqual([told.narrative.source, told.failure], ['template', 'signal'], 'and it is said why');
  const ofCase = await failing.narration.ofCase(suspectCase, true);
  assert.deepEqual([ofCase.narrative.source, ofCase.failure], ['template', 'signal']);
  await until(() => failing.narration.status().waiting === 0);
  assert.ok(failing.narration.status().failures.signal! >= 1);
  await failing.narration.close();
});

test('asked for on the page: any decision, once for whoever asks, and not again afterwards', async () => {
  let release: (() => void) | undefined;
  const { journal, narration, asked } = setUp({
    narrate: 'none',
    ask: () =>
      new Promise((resolve) => {
        release = () => resolve({ narrative: text });
      }),
  });
  journal.append(entry('t1', 'approve'));
  const record = journal.records[0];
  assert.equal((await narration.ofDecision(record, false)).narrative.source, 'template');
  const both = [narration.ofDecision(record, true), narration.ofDecision(record, true)];
  await until(() => release !== undefined);
  release!();
  assert.deepEqual(await Promise.all(both), [{ narrative: text }, { narrative: text }]);
  assert.deepEqual(await narration.ofDecision(record, true), { narrative: text });
  assert.deepEqual(asked, ['t1']);
  await narration.close();
});

test('a flood of decisions is bounded: the oldest go, the newest come first', async () => {
  let open = false;
  const { journal, narration, asked } = setUp({ capacity: 3, waitMs: () => (open ? 0 : 5) });
  journal.append(...Array.from({ length: 10 }, (_, i) => entry(`t${i}`)));
  assert.deepEqual([narration.status().waiting, narration.status().dropped], [3, 7]);
  open = true;
  await until(() => narration.status().written === 3);
  assert.deepEqual(asked, ['t9', 't8', 't7']);
  await narration.close();
});

test('a deleted transaction is not told, nor kept if it was deleted meanwhile', async () => {
  let gone = false;
  const { journal, narration } = setUp({
    narrate: 'none',
    hidden: () => gone,
    ask: async () => {
      gone = true;
      return { narrative: text };
    },
  });
  journal.append(entry('t1'));
  await narration.ofDecision(journal.records[0], true);
  assert.equal(journal.records.length, 1);
  await narration.close();
});

test('a case is told anew once it has grown', async () => {
  const { narration, asked } = setUp();
  assert.deepEqual(await narration.ofCase(suspectCase, true), { narrative: text });
  assert.deepEqual(await narration.ofCase(suspectCase, false), { narrative: text }, 'kept');
  assert.equal((await narration.ofCase({ ...suspectCase, transactions: 4 }, false)).narrative.source, 'template');
  for (let i = 0; i < 300; i++) await narration.ofCase({ ...suspectCase, id: `case_${i}` }, true);
  assert.equal(
    (await narration.ofCase(suspectCase, false)).narrative.source,
    'template',
    'no more than so many are kept',
  );
  assert.equal(asked.length, 300, 'case_1 was known');
  await narration.close();
});

test('an erased text is gone, and the template stands again', async () => {
  const { journal, narration } = setUp({ narrate: 'none' });
  journal.append(entry('t1'));
  await narration.ofDecision(journal.records[0], true);
  delete journal.records[1].personal;
  assert.equal(await narration.written('t1'), undefined);
  assert.equal((await narration.ofDecision(journal.records[0], false)).narrative.source, 'template');
  await narration.close();
});
