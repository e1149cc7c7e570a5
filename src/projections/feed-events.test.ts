import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WEBHOOK_TYPES } from '../domain/webhook.ts';
import type { JournalRecord, RecordType } from '../journal/journal.ts';
import { eventsOf, mayTell } from './feed-events.ts';

const AT = Date.parse('2026-01-02T00:00:00Z');
const record = (type: RecordType, data: object, personal?: Record<string, unknown>): JournalRecord => ({
  ...{ type, at: AT, key: 'c:1', sequence: 5, version: 1, data: { transactionId: 't', ...data } },
  ...(personal ? { personal } : {}),
});
const effective = { label: 'fraud', source: 'dispute' };
const applied = async () => ({ status: 201, body: { effective, labelState: 'fraud' } });

test('what is told of a payment later is an event, with what is in force after it', async () => {
  const table: [record: JournalRecord, type: string, data: object][] = [
    [
      record('label.withdraw', { labelId: 'l', label: 'none', source: 'analyst', rank: 4 }),
      'label.recorded',
      { labelId: 'l', label: 'none', source: 'analyst', pinned: true },
    ],
    [
      record('dispute', {
        disputeId: 'd',
        kind: 'dispute',
        scheme: 'visa',
        reasonCode: '10.4',
        status: 'open',
        reportedAt: AT,
      }),
      'dispute.recorded',
      { disputeId: 'd', reasonCode: '10.4', status: 'open', reportedAt: '2026-01-02T00:00:00.000Z' },
    ],
    [
      record('event', { eventId: 'e', type: 'refused', at: AT, code: '05' }),
      'event.recorded',
      { eventId: 'e', type: 'refused', at: '2026-01-02T00:00:00.000Z', code: '05' },
    ],
    [
      record('review', { action: 'cancel' }, { reason: 'seen' }),
      'transaction.reviewed',
      { action: 'cancel', reason: 'seen' },
    ],
  ];
  for (const [told, type, data] of table) {
    assert.ok((WEBHOOK_TYPES as readonly string[]).includes(type), 'webhooks may ask for it');
    assert.ok(mayTell(told, new Set([type as 'alert'])));
    const [event, ...rest] = await eventsOf(told, applied);
    assert.deepEqual([event.type, event.seq, rest.length], [type, 20, 0]);
    for (const [name, value] of Object.entries({ transactionId: 't', effective, labelState: 'fraud', ...data }))
      assert.deepEqual(event.data[name], value, `${type} ${name}`);
    const refused = async () => ({ status: 404, error: { code: 'not_found', detail: 'none' } });
    assert.deepEqual(await eventsOf(told, refused), [], 'what was refused is no event');
    const [unsure] = await eventsOf(told, undefined);
    assert.equal(unsure.data.confirmed, false);
    assert.deepEqual(await eventsOf(told, applied, () => true), [], 'nothing is told of what was deleted');
  }
});

test('a record that tells several types may tell each of them, and none other: webhooks ask by type first', async () => {
  const drift = { series: 'amount', level: 'alarm', at: AT, since: AT, mean: {} };
  const promotion = { version: 'a', name: 'm', previous: 'b' };
  const table: [record: JournalRecord, types: string[]][] = [
    [record('drift', drift), ['drift.detected', 'alert']],
    [record('drift', { ...drift, level: 'notice' }), ['drift.detected']],
    [record('model.promote', promotion), ['model.promoted']],
    [
      record('model.promote', { ...promotion, reason: 'x', fellBack: true }),
      ['model.promoted', 'model.fell_back', 'alert'],
    ],
  ];
  for (const [told, types] of table) {
    const events = await eventsOf(told, undefined);
    assert.deepEqual(
      events.map(({ type }) => type),
      types,
    );
    for (const type of types) assert.ok(mayTell(told, new Set([type as 'alert'])), `${told.type}: ${type}`);
    assert.ok(!mayTell(told, new Set(['transaction.decided'])));
    for (const type of types) assert.ok(type in Object.fromEntries(WEBHOOK_TYPES.map((name) => [name, true])), type);
  }
});
