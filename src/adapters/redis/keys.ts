import { createHash } from 'node:crypto';
import type { KeyIndex } from '../../profiles/shared.ts';
import { type Command, type Connection, firstError } from './connection.ts';
import { positionOf } from './places.ts';

/** Of 16 bytes no two names are the same by chance. */
const HASH_BYTES = 16;

/** Short, and nothing of a client's own words. */
export function hashedName(name: string): string {
  return createHash('sha256').update(name).digest().subarray(0, HASH_BYTES).toString('base64url');
}

/** Where the first record of a key lies, as a number: see `places.ts`. Set with what profiles learn of the record. */
export function createKeyIndex(connection: Connection, namespace: string, deadlineMs: number): KeyIndex {
  return {
    async get(key) {
      const answers = await connection.run([['GET', keyName(namespace, key)]], deadlineMs);
      const error = firstError(answers);
      if (error) throw error;
      const [place] = answers;
      return place === null ? undefined : positionOf(Number(String(place)));
    },
  };
}

export function keyName(namespace: string, key: string): string {
  return `${namespace}:k:${hashedName(key)}`;
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
