import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stats, Transaction } from '../../api/types.ts';
import { topEntities, topPlaces } from './gathered.ts';

const alert = (deviceId: string, userId: string, country?: string) => ({ deviceId, userId, country }) as Transaction;
const alerts = [alert('d1', 'u1', 'NG'), alert('d1', 'u2', 'NG'), alert('d2', 'u2', 'DE'), alert('d1', 'u3')];

test('what the server tells of the window counts', () => {
  const stats = {
    topEntities: [
      { type: 'card', id: 'c1', alerts: 2 },
      { type: 'device', id: 'd9', alerts: 7 },
    ],
    places: [
      { country: 'US', count: 3, alerts: 1 },
      { country: 'FR', count: 90, alerts: 0 },
    ],
  } as unknown as Stats;
  assert.deepEqual(
    topEntities(stats, alerts, 10).map(({ id, alerts: n }) => [id, n]),
    [
      ['d9', 7],
      ['c1', 2],
    ],
  );
  assert.deepEqual(
    topPlaces(stats, alerts, 1).map(({ id, count, alerts: n }) => [id, count, n]),
    [['FR', 90, 0]],
  );
});

test('without that it is what the open alerts name, most first', () => {
  const stats = {} as Stats;
  assert.deepEqual(
    topEntities(stats, alerts, 2).map(({ type, id, alerts: n }) => [type, id, n]),
    [
      ['device', 'd1', 3],
      ['user', 'u2', 2],
    ],
  );
  assert.deepEqual(
    topPlaces(stats, alerts, 5).map(({ id, alerts: n }) => [id, n]),
    [
      ['NG', 2],
      ['DE', 1],
    ],
  );
  assert.deepEqual(topEntities(undefined, [], 5), []);
});
