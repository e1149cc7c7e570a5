import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import type { Position } from '../../domain/position.ts';
import type { KeyIndex } from '../../profiles/shared.ts';
import { type Command, type Connection, call, firstError } from './connection.ts';
import { PARTITIONS, placeOf, positionOf } from './places.ts';
import { SMALLEST } from './scripts.ts';

const DAY_MS = 86_400_000;
/** Of 16 bytes no two names are the same by chance. */
const HASH_BYTES = 16;

/** Short, and nothing of a client's own words. */
export function hashedName(name: string): string {
  return createHash('sha256').update(name).digest().subarray(0, HASH_BYTES).toString('base64url');
}

interface Entry {
  key: string;
  position: Position;
  /** When its record was appended; now, where absent. */
  at?: number | undefined;
}

/** Where the first records of keys lie, as numbers. */
export function createKeyIndex(
  connection: Connection,
  options: { namespace: string; deadlineMs: number; logDeadlineMs: number; keyTtlDays: number; clock: Clock },
) {
  const { namespace, deadlineMs, logDeadlineMs, clock } = options;
  const ttlMs = options.keyTtlDays * DAY_MS;
  const nameOf = (key: string) => `${namespace}:k:${hashedName(key)}`;

  /**
   * Most keys are new and are set at once; for the others the smaller place is looked for. What would have expired is left out, so
   * that a Redis that is filled from the log takes no more than it had.
   */
  async function setAll(entries: readonly Entry[], timeoutMs: number): Promise<void> {
    const now = clock();
    const wanted = entries
      .map(({ key, position, at = now }) => ({ name: nameOf(key), place: placeOf(position), leftMs: at + ttlMs - now }))
      .filter(({ leftMs }) => leftMs > 0);
    const first = await connection.run(
      wanted.map(({ name, place, leftMs }): Command => ['SET', name, place, 'PX', leftMs, 'NX']),
      timeoutMs,
    );
    const error = firstError(first);
    if (error) throw error;
    const taken = wanted.filter((_, i) => first[i] === null);
    const second = await connection.run(
      taken.map(({ name, place, leftMs }) => call(SMALLEST, [name], [place, leftMs, PARTITIONS])),
      timeoutMs,
    );
    const refused = firstError(second);
    if (refused) throw refused;
  }

  const index: KeyIndex = {
    async get(key) {
      const answers = await connection.run([['GET', nameOf(key)]], deadlineMs);
      const error = firstError(answers);
      if (error) throw error;
      const [place] = answers;
      return place === null ? undefined : positionOf(Number(String(place)));
    },
    set: (keys, position) =>
      setAll(
        keys.map((key) => ({ key, position })),
        deadlineMs,
      ),
  };
  return {
    index,
    /** For the log's consumer. */
    setAll: (entries: readonly Entry[]) => setAll(entries, logDeadlineMs),
  };
}

/** The ids of deleted transactions, so that every process refuses them. */
export interface DeletedIds {
  /** Rejects with `AssayError('unavailable')` where Redis is away. */
  markDeleted(ids: readonly string[]): Promise<void>;
  isDeleted(id: string): Promise<boolean>;
  loadDeleted(): Promise<Set<string>>;
}

const SCAN_COUNT = 1_000;
const MARK_COUNT = 1_000;

export function createDeletedIds(
  connection: Connection,
  options: { namespace: string; deadlineMs: number; logDeadlineMs: number },
): DeletedIds {
  const { deadlineMs, logDeadlineMs } = options;
  const key = `${options.namespace}:deleted`;
  const one = async (command: Command, timeoutMs: number) => {
    const answers = await connection.run([command], timeoutMs);
    const error = firstError(answers);
    if (error) throw error;
    return answers[0];
  };
  return {
    async markDeleted(ids) {
      for (let i = 0; i < ids.length; i += MARK_COUNT)
        await one(['SADD', key, ...ids.slice(i, i + MARK_COUNT)], logDeadlineMs);
    },
    isDeleted: async (id) => (await one(['SISMEMBER', key, id], deadlineMs)) === 1,
    async loadDeleted() {
      const ids = new Set<string>();
      let cursor = '0';
      do {
        const [next, found] = (await one(['SSCAN', key, cursor, 'COUNT', SCAN_COUNT], logDeadlineMs)) as Buffer[][];
        cursor = String(next);
        for (const id of found) ids.add(String(id));
      } while (cursor !== '0');
      return ids;
    },
  };
}
