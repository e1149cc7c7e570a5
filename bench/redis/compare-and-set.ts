/**
 * The usual way to share profiles, as a baseline: each profile is one value with a version, read whole, changed by the client and
 * written back if nobody was faster; what lost is read and tried again.
 */
import { Redis } from 'ioredis';
import type { Event } from '../../src/domain/event.ts';

const KEPT = 512;
const HEAD_BYTES = 8;
const SET_IF = `
local there = redis.call('GETRANGE', KEYS[1], 0, 7)
if there ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

export function openCompareAndSet(options: { url: string; namespace: string; columns: number }) {
  const redis = new Redis(options.url);
  const rowBytes = 8 * options.columns;
  let retries = 0;

  function withEvent(before: Buffer | null, event: Event): Buffer {
    const version = before ? before.readDoubleLE(0) : 0;
    const rows = before ? before.subarray(HEAD_BYTES) : Buffer.alloc(0);
    const kept = rows.length === KEPT * rowBytes ? rows.subarray(rowBytes) : rows;
    const after = Buffer.alloc(HEAD_BYTES + kept.length + rowBytes);
    after.writeDoubleLE(version + 1, 0);
    after.set(kept, HEAD_BYTES);
    const at = HEAD_BYTES + kept.length;
    [event.time, event.id, event.amount].forEach((value, i) => {
      after.writeDoubleLE(value, at + 8 * i);
    });
    return after;
  }

  /** Reads the profiles of the event and learns it in each. */
  async function transact(event: Event): Promise<void> {
    let names = Array.from(event.entities, (key, type) => `${options.namespace}:${type}:${key}`);
    while (names.length > 0) {
      const values = await redis.mgetBuffer(names);
      const pipeline = redis.pipeline();
      names.forEach((name, i) => {
        const expected = values[i]?.subarray(0, HEAD_BYTES) ?? '';
        pipeline.eval(SET_IF, 1, name, expected, withEvent(values[i], event));
      });
      const answers = (await pipeline.exec())!;
      for (const [error] of answers) if (error) throw error;
      names = names.filter((_, i) => answers[i][1] !== 1);
      if (names.length > 0) retries++;
    }
  }

  return {
    transact,
    get retries() {
      return retries;
    },
    close: async () => redis.disconnect(),
  };
}
