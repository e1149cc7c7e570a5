/** One of several processes: reads and changes the profiles of payments for some seconds, and says how many and how long each took. */

import { openRedisProfiles } from '../../src/adapters/redis/profiles.ts';
import type { Event } from '../../src/domain/event.ts';
import { event } from '../../test/support/profile-events.ts';
import { openCompareAndSet } from './compare-and-set.ts';

const { mode, index, seconds, inFlight, merchants, entityTypes, ...options } = JSON.parse(process.env.OPTIONS!);
const REPEATED_AT_ONCE = 200;

let state = index + 1;
const below = (limit: number) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return 1 + Math.floor((state / 0x100000000) * limit);
};
let made = 0;
function payment(): Event {
  const entities = [below(20_000), below(30_000), below(20_000), below(10_000), below(merchants), below(200)];
  return event(1 + index + 64 * made++, Date.now(), entities);
}

/** Read, insert, and behind it the log's consumer, which repeats everything. */
async function byInsert() {
  const profiles = await openRedisProfiles({ ...options, entityTypes, deadlineMs: 10_000 });
  const log: { offset: number; learn: Event; keys: string[] }[] = [];
  let offset = 0;
  let repeating: Promise<void> | undefined;
  const repeat = async () => {
    while (log.length > 0) {
      const batch = log.splice(0, REPEATED_AT_ONCE);
      const offsets = batch.map(({ offset }) => offset);
      const untaken = new Set(await profiles.untaken(index, offsets));
      await profiles.repeat(
        index,
        batch.filter(({ offset }) => untaken.has(offset)),
        batch.at(-1)!.offset + 1,
        offsets.filter((offset) => !untaken.has(offset)),
      );
    }
    repeating = undefined;
  };
  return {
    async transact(one: Event) {
      const { degraded } = await profiles.fetch(one.entities);
      if (degraded) throw new Error('a read failed');
      const record = { offset: offset++, learn: one, keys: [`t:${one.id}`] };
      log.push(record);
      await profiles.insert(one, { partition: index, offset: record.offset }, record.keys);
      if (log.length >= REPEATED_AT_ONCE) repeating ??= repeat();
    },
    retries: 0,
    async close() {
      await repeating;
      await profiles.close();
    },
  };
}

const way = mode === 'insert' ? await byInsert() : openCompareAndSet({ ...options, columns: 15 });
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));

async function run(forSeconds: number): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + forSeconds * 1000;
  const one = async () => {
    for (let began = performance.now(); began < end; began = performance.now()) {
      await way.transact(payment());
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return latencies;
}

await run(1.5);
const before = way.retries;
const latencies = await run(seconds);
process.stdout.write(`${JSON.stringify({ latencies, retries: way.retries - before })}\n`);
await way.close();
process.stdin.destroy();
