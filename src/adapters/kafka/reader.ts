import { findErrorBy } from '@platformatic/kafka';
import { createLogClient, unavailable } from './client.ts';
import type { RawRecord } from './encoding.ts';
import type { ReadPartition } from './history.ts';
import type { Numbered } from './layout.ts';
import { DEFAULT_DEADLINE_MS, type KafkaOptions } from './options.ts';

/**
 * Reads partitions from offsets at which there is, or was, a record: an empty answer is a broker that does not know better
 * yet, and is asked again. What retention has taken is passed over, so the first record may lie further on, and none come
 * where nothing is left. One request at a time. Throws `unavailable` after the deadline.
 */
export interface Reader {
  read: ReadPartition;
  close(): Promise<void>;
}

const WAIT_MS = 10;
const AGAIN_MS = 50;

export function createReader(options: KafkaOptions, layout: Numbered, purpose: string): Reader {
  const { deadlineMs = DEFAULT_DEADLINE_MS } = options;
  const client = createLogClient(options, layout, purpose);
  let leaders: Map<number, number> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const all = layout.at.map((_, number) => number);

  async function once(number: number, offset: number, maxBytes: number): Promise<RawRecord[] | undefined> {
    leaders ??= await client.leaders(all);
    try {
      const [fetched] = await client.fetch(leaders.get(number)!, new Map([[number, offset]]), WAIT_MS, maxBytes);
      return fetched && fetched.records.length > 0 ? fetched.records : undefined;
    } catch (error) {
      if (!findErrorBy(error as Error, 'apiId', 'OFFSET_OUT_OF_RANGE')) throw error;
      const kept = (await client.earliest([number])).get(number)!;
      const end = (await client.latest([number])).get(number)!;
      if (offset >= kept) throw error;
      return kept === end ? [] : once(number, kept, maxBytes);
    }
  }

  /** Again through a change of leaders, until the deadline, which counts from when it was asked. */
  async function patiently(number: number, offset: number, maxBytes: number, end: number): Promise<RawRecord[]> {
    let reason: unknown;
    while (!closed && performance.now() < end) {
      try {
        const records = await once(number, offset, maxBytes);
        if (records) return records;
      } catch (error) {
        reason = error;
        leaders = undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    throw unavailable('The log cannot be read', reason);
  }

  return {
    read(number, offset, maxBytes) {
      const end = performance.now() + deadlineMs;
      const records = last.then(() => patiently(number, offset, maxBytes, end));
      last = records.catch(() => {});
      return records;
    },
    async close() {
      closed = true;
      await client.close();
    },
  };
}
