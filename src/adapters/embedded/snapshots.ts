import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal } from '../../journal/journal.ts';
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
const CHECK_EVERY_MS = 1_000;

/** Snapshots in folders named by sequence: `profiles.bin` (checksummed), `state.json` and lines of parts. Written aside, then renamed. */
export function openSnapshots(options: {
  directory: string;
  profiles: MemoryProfiles;
  parts: Record<string, SnapshotPart>;
  log: Log;
}): Snapshots {
  const { directory, profiles, parts, log } = options;
  let latest = 0;

  async function list(): Promise<number[]> {
    const names = await readdir(directory).catch(() => [] as string[]);
    return names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => b - a);
  }

  async function restore(newest: number): Promise<number> {
    for (const sequence of await list()) {
      const folder = join(directory, String(sequence));
      if (sequence > newest)
        throw new Error(`Snapshot ${folder} is newer than the journal, which ends at ${newest}: records are missing.`);
      try {
        const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as Record<string, unknown>;
        await profiles.load(createReadStream(join(folder, 'profiles.bin'), { highWaterMark: 1 << 20 }));
        for (const [name, part] of Object.entries(parts)) {
          part.load(state[name]);
          await readLines(join(folder, `${name}.jsonl`), part);
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

  async function take(journal: Journal): Promise<void> {
    const sequence = journal.last;
    const state = JSON.stringify(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()])));
    const aside = join(directory, `${sequence}.tmp`);
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    await write(join(aside, 'state.json'), async (append) => append(Buffer.from(state)));
    for (const [name, { lines }] of Object.entries(parts))
      if (lines)
        await write(join(aside, `${name}.jsonl`), async (append) => {
          for (const line of lines()) await append(Buffer.from(`${JSON.stringify(line)}\n`));
        });
    await write(join(aside, 'profiles.bin'), (append) => profiles.save(append));
    // It may hold what was handed in and is not durable yet: such a record must not outlive a crash here.
    const learnt = journal.last;
    while (journal.durable < learnt) await sleep(1);
    await rm(join(directory, String(sequence)), { recursive: true, force: true });
    await rename(aside, join(directory, String(sequence)));
    await syncFolder(directory);
    latest = sequence;
    for (const old of (await list()).slice(KEPT))
      await rm(join(directory, String(old)), { recursive: true, force: true });
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

  return { restore, take, follow };
}

async function write(
  path: string,
  fill: (append: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await fill(async (chunk) => {
      await file.appendFile(chunk);
    });
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Snapshots of before have no such file. */
async function readLines(path: string, part: SnapshotPart): Promise<void> {
  if (!part.loadLine || !existsSync(path)) return;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity }))
    part.loadLine(JSON.parse(line));
  part.loaded?.();
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
