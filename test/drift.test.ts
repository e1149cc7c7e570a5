import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeSubmission } from '../src/intake/submission.ts';
import { createRandom } from '../src/training/generator/random.ts';
import { call, startApp } from './support/app.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const A_DAY = 220;

test('a field that goes missing is an alarm, told once a day, and known after a restart', async (t) => {
  let now = START;
  const clock = () => now;
  let app = await startApp({}, { clock });
  t.after(() => app.stop());
  const random = createRandom(1);

  async function live(day: number, change: (body: Record<string, unknown>) => Record<string, unknown>) {
    const { engine, rules } = app.services;
    for (let hour = 0; hour < 24; hour += 6) {
      now = START + day * DAY + hour * 3_600_000;
      const made = Array.from({ length: A_DAY / 4 }, () => {
        const userId = `u${random.int(0, 60)}`;
        const body = change({
          userId,
          amount: random.logNormal(20, 1),
          deviceId: `d_${userId}`,
          country: 'DE',
          channel: 'web',
        });
        return engine.decide(takeSubmission(body, { id: `t${day}.${now}.${random.float()}`, receivedAt: now }, rules));
      });
      await Promise.all(made);
    }
    now = START + (day + 1) * DAY - 1;
  }

  for (let day = 0; day < 35; day++) await live(day, (body) => body);
  await app.services.drift.check();
  const before = await call(app.url, 'GET', '/api/drift?window=1d');
  assert.equal(before.status, 200);
  assert.deepEqual(
    before.body.alarms.filter(({ level }: { level: string }) => level === 'alarm'),
    [],
  );
  assert.equal(before.body.baseline.kind, 'own');
  assert.ok(before.body.features.length > 50);

  await live(35, ({ deviceId: _, ...body }) => body);
  await app.services.drift.check();
  await app.services.drift.check();
  const { body } = await call(app.url, 'GET', '/api/drift?window=1d');
  const alarms = body.alarms.filter(({ level }: { level: string }) => level === 'alarm');
  const named = alarms.map(({ series }: { series: string }) => series);
  assert.ok(
    named.some((series: string) => /device/.test(series)),
    String(named),
  );
  assert.equal(new Set(named).size, named.length, 'once a day for each');
  const device = body.features.find(
    ({ name }: { name: string }) => name === named.find((one: string) => /device/.test(one)),
  );
  assert.equal(device.state, 'drifted');
  assert.deepEqual([device.missing.now > 0.9, device.missing.then < 0.3], [true, true]);
  assert.equal(Date.parse(device.since), START + 35 * DAY);

  const { dataDir } = app;
  await app.stop({ keep: true });
  app = await startApp({ ASSAY_DATA_DIR: dataDir }, { clock });
  await app.services.drift.ready();
  const after = await call(app.url, 'GET', '/api/drift?window=1d');
  assert.deepEqual(after.body.features, body.features);
  assert.deepEqual(after.body.alarms, body.alarms);
  for (const [query, status] of [
    ['?window=15d', 422],
    ['?window=x', 422],
    ['?windw=1d', 422],
    ['', 200],
  ] as const)
    assert.equal((await call(app.url, 'GET', `/api/drift${query}`)).status, status, query);
});
