import assert from 'node:assert/strict';
import { post } from './browser.ts';
import { bringChallenger } from './challenger.ts';

/** Something of everything, so that no page is empty. Answers the paths of what has an id. */
export async function populate(server: string): Promise<{ decision: string; challenger: string }> {
  const challenger = await bringChallenger(server);
  const tell = async (path: string, body?: unknown): Promise<void> => {
    const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
    const answer = await fetch(server + path, {
      method: 'POST',
      headers,
      body: body && JSON.stringify(body),
    } as RequestInit);
    assert.ok(answer.ok, `${path}: ${answer.status}`);
  };
  await tell(`/api/models/${challenger}/shadow`);
  await tell('/api/users', { name: 'Ada Example', email: 'ada@example.org' });
  await tell('/api/lists', { name: 'bad_devices', type: 'device' });
  await tell('/api/lists/bad_devices/entries', { entries: [{ value: 'd_bad', note: 'seen before' }] });
  await tell('/api/queues', { name: 'Large', minAmount: 1, members: ['Ada', 'Ben'], mode: 'pull' });
  await tell('/api/templates', { name: 'Called', text: 'Called the customer: ' });
  await tell('/api/entities/device/d_shared/notes', { kind: 'label', text: 'farm' });
  await tell('/api/rules', {
    ...{ id: 'watched', name: 'Watched devices', outcome: 'review', mode: 'shadow', reason: 'a device of before' },
    when: 'inList("bad_devices", tx.deviceId) || distinct("device", "card", "1h") >= 3',
  });
  for (let i = 0; i < 20; i++) await post(server, { userId: `s_${i}`, amount: 20 + i, country: 'US' });
  // One device, many cards: something to review, something to decline, something linked.
  let decision = '';
  for (let i = 0; i < 12; i++) {
    const { id } = await post(server, {
      ...{ userId: `p_${i}`, cardId: `c_${i}`, deviceId: 'd_shared', ip: '203.0.113.9', email: 'x@mail.test' },
      ...{ amount: 1.2, country: 'NG', merchantId: 'm_1', accountAgeDays: 0 },
    });
    decision = `/decisions/${encodeURIComponent(id)}`;
  }
  // Something for the ledgers: settled by card, and disputed.
  const at = new Date().toISOString();
  const { id } = await post(server, {
    ...{ userId: 'l_1', amount: 120, currency: 'EUR', merchantId: 'm_1', remote: true },
    ...{ instrument: 'card', cardBrand: 'visa' },
  });
  await tell(`/api/transactions/${id}/events`, { type: 'settled', at });
  const dispute = { kind: 'dispute', scheme: 'visa', reasonCode: '10.4', reportedAt: at, status: 'open' };
  await tell(`/api/transactions/${id}/disputes`, { id: 'd_1', ...dispute });
  return { decision, challenger: `/models?model=${challenger}` };
}
