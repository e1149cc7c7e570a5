import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ColdStore } from '../../profiles/cold.ts';

type Lmdb = typeof import('lmdb');

const KEY_BYTES = 9;
/** Records read at once while others are put. */
const AT_ONCE = 256;

/**
 * Profiles that left memory, in LMDB. A cache of the log: emptied when it is opened, so nothing is synced and no crash matters.
 * Throws where `lmdb`, an optional dependency, is not installed.
 */
export function openColdProfiles(directory: string): ColdStore & { close(): Promise<void> } {
  const { open } = load();
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let found = new Float64Array(1_024);
  let foundBytes = new Uint8Array(found.buffer);
  const database = open<Buffer, Buffer>({
    ...{ path: directory, keyEncoding: 'binary', encoding: 'binary', cache: false },
    ...{ noSync: true, noMetaSync: true, overlappingSync: false, useWritemap: true },
  });

  function* records(): Generator<Float64Array> {
    let after: Buffer | undefined;
    for (;;) {
      const some: Float64Array[] = [];
      for (const { key, value } of database.getRange({ ...(after ? { start: after } : {}), limit: AT_ONCE + 1 })) {
        if (after?.equals(key)) continue;
        const cells = new Float64Array(value.length / 8);
        value.copy(new Uint8Array(cells.buffer), 0, 0, value.length);
        some.push(cells);
        after = Buffer.from(key);
      }
      if (some.length === 0) return;
      yield* some;
    }
  }

  return {
    get(type, key) {
      const value = database.getBinaryFast(keyOf(scratch, type, key));
      if (value === undefined) return undefined;
      const count = value.length / 8;
      if (count > found.length) {
        found = new Float64Array(2 * count);
        foundBytes = new Uint8Array(found.buffer);
      }
      // What LMDB gives is its own, valid until the next call, and not aligned.
      value.copy(foundBytes, 0, 0, value.length);
      return found;
    },
    atOnce: (work) => database.transactionSync(work),
    put(type, key, cells, count) {
      // Within a transaction LMDB copies at once, so that neither key nor cells need be new ones.
      database.put(keyOf(scratch, type, key), Buffer.from(cells.buffer, cells.byteOffset, 8 * count));
    },
    records,
    clear: () => database.clearSync(),
    close: () => database.close(),
  };
}

function load(): Lmdb {
  try {
    return createRequire(import.meta.url)('lmdb') as Lmdb;
  } catch (error) {
    throw new Error(
      'PROFILE_MEMORY needs the package lmdb, which is not installed here: npm install --no-save lmdb@3.5.6',
      { cause: error },
    );
  }
}

const scratch = Buffer.alloc(KEY_BYTES);

function keyOf(target: Buffer, type: number, key: number): Buffer {
  target.writeUInt8(type, 0);
  target.writeDoubleBE(key, 1);
  return target;
}
