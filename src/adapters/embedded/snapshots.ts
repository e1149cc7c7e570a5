import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Journal } from '../../journal/journal.ts';
import { type Files, nodeFiles, readWhole } from '../../journal/local/files.ts';
import type { MemoryProfiles } from '../../profiles/memory.ts';

/** A part of the state as JSON: small, but for what stands in lines of its own. */
export interface SnapshotPart {
  save(): unknown;
  load(value: unknown): void;
  /** What there may be much of, a bounded piece a line. Taken while the log goes on: replaying it settles what differs. */
  lines?(): Iterable<unknown>;
  /** Each line again, in order, after `load`; then `loaded`. */
  loadLine?(value: unknown): void;
  loaded?(): void;
}

export interface Snapshots {
  /** Fills the state from the newest whole snapshot; returns the sequence to replay after, 0 without one. */
  restore(newest: number): Promise<number>;
  /**
   * The sequence that the older of the two newest covers, once all of their bytes were read against their sums; 0 where there are not two.
   * Up to it the log is not needed for the state.
   */
  verified(): Promise<number>;
  /** Takes one now. What is learnt while it is written may be in it or not: replaying from its sequence settles it. */
  take(journal: Journal): Promise<void>;
  /** Takes one whenever so many records have passed; returns the way to stop, which waits for the one under way. */
  follow(journal: Journal, everyRecords: number): () => Promise<void>;
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const KEPT = 2;
/** crc32 of each other file of a snapshot. */
const SUMS = 'sums.json';
const CHECK_EVERY_MS = 1_000;

/** Snapshots in folders named by sequence: `profiles.bin`, `state.json`, lines of parts, and the sums of these. Written aside, then renamed. */
export function openSnapshots(options: {
  directory: string;
  profiles: MemoryProfiles;
  parts: Record<string, SnapshotPart>;
  log: Log;
  files?: Files;
}): Snapshots {
  const { directory, profiles, parts, log, files = nodeFiles } = options;
  let latest = 0;

  async function list(): Promise<number[]> {
    const names = await files.list(directory).catch(() => [] as string[]);
    return names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => b - a);
  }

  /** What a crash left half written. */
  async function clear(): Promise<void> {
    for (const name of await files.list(directory).catch(() => [] as string[]))
      if (/^\d+(\..*)?\.tmp$/.test(name)) await files.remove(join(directory, name));
  }

  /** Reads all files of one against its sums. Those of a release before 0.2 have none. */
  async function check(folder: string): Promise<boolean> {
    const text = await readWhole(files, join(folder, SUMS));
    if (text === undefined) return false;
    const sums = JSON.parse(text.toString('utf8')) as Record<string, number>;
    for (const [name, sum] of Object.entries(sums)) {
      let found = 0;
      for await (const chunk of chunksOf(files, join(folder, name))) found = crc32(chunk, found);
      if (found !== sum) throw new Error(`${join(folder, name)} fails its checksum`);
    }
    return true;
  }

  async function verified(): Promise<number> {
    const newest = (await list()).slice(0, KEPT);
    if (newest.length < KEPT) return 0;
    for (const sequence of newest)
      try {
        if (!(await check(join(directory, String(sequence))))) return 0;
      } catch (error) {
        log.warn(
          { err: error },
          'a snapshot is damaged: nothing is cut out of the journal until there are two whole ones',
        );
        return 0;
      }
    return newest[KEPT - 1];
  }

  async function restore(newest: number): Promise<number> {
    await clear();
    for (const sequence of await list()) {
      const folder = join(directory, String(sequence));
      if (sequence > newest)
        throw new Error(`Snapshot ${folder} is newer than the journal, which ends at ${newest}: records are missing.`);
      try {
        await check(folder);
        const text = await readWhole(files, join(folder, 'state.json'));
        if (text === undefined) throw new Error(`${folder} has no state.json`);
        const state = JSON.parse(text.toString('utf8')) as Record<string, unknown>;
        await profiles.load(chunksOf(files, join(folder, 'profiles.bin')));
        for (const [name, part] of Object.entries(parts)) {
          part.load(state[name]);
          await readLines(files, join(folder, `${name}.jsonl`), part);
        }
        latest = sequence;
        return sequence;
      } catch (error) {
        log.warn({ err: error, folder }, 'a snapshot cannot be used; an older one or the whole journal serves instead');
        profiles.clear();
      }
    }
    return 0;
  }

  let taking: Promise<void> = Promise.resolve();

  function take(journal: Journal): Promise<void> {
    const taken = taking.then(() => takeNow(journal));
    taking = taken.catch(() => {});
    return taken;
  }

  async function takeNow(journal: Journal): Promise<void> {
    const sequence = journal.last;
    const state = JSON.stringify(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()])));
    // A name of its own: an owner that was replaced may still be writing one, and would write into ours.
    const aside = join(directory, `${sequence}.${randomUUID()}.tmp`);
    // What is in it tells of people.
    await files.makeDirectory(aside, 0o700);
    const sums: Record<string, number> = {};
    const put = async (name: string, fill: Fill) => {
      sums[name] = await write(files, join(aside, name), fill);
    };
    await put('state.json', async (append) => append(Buffer.from(state)));
    for (const [name, { lines }] of Object.entries(parts))
      if (lines)
        await put(`${name}.jsonl`, async (append) => {
          for (const line of lines()) await append(Buffer.from(`${JSON.stringify(line)}\n`));
        });
    await put('profiles.bin', (append) => profiles.save(append));
    await write(files, join(aside, SUMS), async (append) => append(Buffer.from(JSON.stringify(sums))));
    await files.syncDirectory(aside);
    // It may hold what was handed in and is not durable yet: such a record must not outlive a crash here.
    const learnt = journal.last;
    while (journal.durable < learnt) await new Promise((resolve) => setTimeout(resolve, 1));
    await files.remove(join(directory, String(sequence)));
    await files.rename(aside, join(directory, String(sequence)));
    await files.syncDirectory(directory);
    latest = sequence;
    for (const old of (await list()).slice(KEPT)) await files.remove(join(directory, String(old)));
    log.info({ sequence }, 'snapshot taken');
  }

  function follow(journal: Journal, everyRecords: number): () => Promise<void> {
    let underWay: Promise<void> | undefined;
    const start = () => {
      underWay = take(journal)
        .catch((error) => log.warn({ err: error }, 'a snapshot failed; the journal still holds everything'))
        .finally(() => {
          underWay = undefined;
        });
    };
    const timer = setInterval(() => {
      if (!underWay && journal.durable - latest >= everyRecords) start();
    }, CHECK_EVERY_MS);
    timer.unref();
    return async () => {
      clearInterval(timer);
      await underWay;
      if (journal.durable > latest) await take(journal);
    };
  }

  return { restore, verified, take, follow };
}

type Fill = (append: (chunk: Uint8Array) => Promise<void>) => Promise<void>;

/** Resolves with the crc32 of what was written. */
async function write(files: Files, path: string, fill: Fill): Promise<number> {
  const file = await files.open(path, 'create');
  let end = 0;
  let sum = 0;
  try {
    await fill(async (chunk) => {
      await file.write(chunk, end);
      end += chunk.length;
      sum = crc32(chunk, sum);
    });
    await file.sync();
    return sum;
  } finally {
    await file.close();
  }
}

const CHUNK_BYTES = 1 << 20;

/** Pieces of a file, each a buffer of its own. Throws ENOENT where there is none. */
async function* chunksOf(files: Files, path: string): AsyncGenerator<Buffer> {
  const file = await files.open(path, 'read');
  try {
    for (let at = 0; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = await file.read(chunk, at);
      if (length > 0) yield chunk.subarray(0, length);
      if (length < chunk.length) return;
      at += length;
    }
  } finally {
    await file.close();
  }
}

const NEWLINE = 10;

/** Snapshots of before have no such file. */
async function readLines(files: Files, path: string, part: SnapshotPart): Promise<void> {
  if (!part.loadLine) return;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of chunksOf(files, path)) {
      let from = 0;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
        part.loadLine(JSON.parse(bytes.toString('utf8', from, at)));
        from = at + 1;
      }
      rest = bytes.subarray(from);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  if (rest.length > 0) throw new Error(`${path} ends within a line`);
  part.loaded?.();
}
