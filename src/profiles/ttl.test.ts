import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankEvent, type Event } from '../domain/event.ts';
import { createProfiles } from './memory.ts';
import { fingerprint } from './profiles.ts';

const DAY_MS = 86_400_000;
const TTL_DAYS = 10;
const entityTypes = ['user', 'card'];

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test('what had no event for its time to live is as if it had never been, whoever folds the log', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seeded(seed);
    const log: { event: Event; at: number }[] = [];
    let at = 1_000 * DAY_MS;
    for (let i = 1; i <= 400; i++) {
      // A clock that stands, jumps ahead by weeks, and is set back.
      at += random() < 0.03 ? 12 * DAY_MS : random() < 0.1 ? -3_600_000 : random() * DAY_MS * 0.5;
      const late = random() < 0.1 ? random() * 30 * DAY_MS : 0;
      const entities = Float64Array.of(1 + Math.floor(random() * 40), 1 + Math.floor(random() * 15));
      log.push({ event: { ...blankEvent(2), id: i, time: at - late, amount: i, entities }, at });
    }
    const profiles = createProfiles({ entityTypes, ttlDays: TTL_DAYS });
    /** Events of each entity that are known, by the rule in words. */
    const oracle = new Map<string, Event[]>();
    let newest = 0;
    let [forgotten, resumed] = [0, createProfiles({ entityTypes, ttlDays: TTL_DAYS })];
    for (const [i, { event, at: now }] of log.entries()) {
      const horizon = (Math.floor(newest / DAY_MS) - TTL_DAYS) * DAY_MS;
      for (const [type, key] of event.entities.entries()) {
        const name = `${type} ${key}`;
        const known = oracle.get(name) ?? [];
        if (known.length > 0 && Math.max(...known.map(({ time }) => time)) < horizon) {
          known.length = 0;
          forgotten++;
        }
        assert.equal(profiles.get(type, key)?.total ?? 0, known.length, `seed ${seed}, event ${i}, ${name}`);
        oracle.set(name, [...known, event]);
      }
      assert.deepEqual(profiles.readSet(event.entities), resumed.readSet(event.entities));
      for (const each of [profiles, resumed]) {
        each.learn(event, i + 1);
        newest = Math.max(newest, now);
        each.advance!(newest);
      }
      if (i % 97 !== 50) continue;
      // Restored in the middle, with what was forgotten and is still in memory.
      const bytes: Uint8Array[] = [];
      await profiles.save((chunk) => void bytes.push(chunk));
      resumed = createProfiles({ entityTypes, ttlDays: TTL_DAYS });
      await resumed.load(bytes);
      resumed.advance!(newest);
    }
    assert.ok(forgotten > 5, `seed ${seed}: ${forgotten} were forgotten`);
    const alive = [...oracle.values()].filter((known) => known.some(({ time }) => time >= at - 30 * DAY_MS)).length;
    assert.ok(
      profiles.size(0) + profiles.size(1) <= alive + 16,
      'memory is given back without anybody asking for them',
    );
    assert.equal(fingerprint(profiles.get(0, 999)), 0);
  }
});
