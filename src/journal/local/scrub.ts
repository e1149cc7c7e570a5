import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Damage, ScrubState } from '../journal.ts';
import { frameAt } from './frame.ts';
import type { IndexCache } from './index-cache.ts';
import { readIndex } from './index-file.ts';
import { readKept } from './kept-file.ts';
import type { Log } from './log.ts';
import { DATA_START, FOOTER_BYTES, readFooter, readHeader, type Segment } from './segment.ts';

const CHUNK_BYTES = 256 * 1024;
const FIRST_PAUSE_MS = 1_000;
/** Between two rounds. */
const PAUSE_MS = 60_000;

/**
 * Reads every sealed segment against its checksums, over and over, at a bounded rate: what nobody asks for is found before it is
 * needed. A damaged index is written anew; a damaged record or footer is told, and stays told until it is mended.
 */
export function createScrub(
  log: Log,
  indexes: IndexCache,
  options: { bytesPerSecond: number; clock: () => number; onDamage: (damage: Damage) => void },
): { state(): ScrubState; stop(): Promise<void> } {
  const { bytesPerSecond, clock, onDamage } = options;
  const stopping = new AbortController();
  let found: Damage[] = [];
  let finishedAt: number | undefined;
  let bytes = 0;

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false });
  const took = async (read: number) => {
    bytes += read;
    await pause((1_000 * read) / bytesPerSecond);
  };

  async function round(): Promise<void> {
    const seen: Damage[] = [];
    for (const segment of [...log.segments]) {
      if (!segment.sealed || segment.count === 0) continue;
      const damage = await (segment.kept ? damageInKept(segment) : damageIn(segment)).catch(unreadable);
      // Cut out of the log meanwhile.
      if (!log.segments.includes(segment)) continue;
      for (const { offset, what } of damage) {
        const known = found.find((other) => other.segment === basename(segment.path) && other.what === what);
        const one = known ?? { segment: basename(segment.path), offset, what, at: clock() };
        seen.push(one);
        if (known) continue;
        found = [...found, one];
        onDamage(one);
      }
    }
    found = seen;
    finishedAt = clock();
  }

  /** The disk does not even give back bytes. */
  function unreadable(error: Error): { offset: number; what: string }[] {
    stopping.signal.throwIfAborted();
    return [
      { offset: 0, what: `the file, which cannot be read (${(error as NodeJS.ErrnoException).code ?? error.name})` },
    ];
  }

  async function damageInKept({ path }: Segment): Promise<{ offset: number; what: string }[]> {
    const table = await readKept(log.files, path);
    if (table === undefined) return [{ offset: 0, what: 'the table of what was cut out' }];
    const { source, sequences, offsets, tail } = table;
    await took(source.length);
    return [...offsets].flatMap((offset, i) =>
      frameAt(source, offset, tail)?.sequence === sequences[i] ? [] : [{ offset, what: `record ${sequences[i]}` }],
    );
  }

  async function damageIn(segment: Segment): Promise<{ offset: number; what: string }[]> {
    const found: { offset: number; what: string }[] = [];
    let index = await readIndex(log.files, segment);
    if (index === undefined && segment.bloom !== undefined) {
      // As a look-up would: it is read through and written anew.
      index = await indexes.renew(segment);
      onDamage({ segment: basename(segment.path), offset: 0, what: 'the index, which was written anew', at: clock() });
    }
    const offsets = index?.offsets;
    const file = await log.files.open(segment.path, 'read');
    try {
      const head = Buffer.alloc(DATA_START);
      await file.read(head, 0);
      if (readHeader(head) !== segment.first) found.push({ offset: 0, what: 'the header' });
      const foot = Buffer.alloc(FOOTER_BYTES);
      await file.read(foot, segment.tail);
      if (readFooter(foot, 0)?.tail !== segment.tail) found.push({ offset: segment.tail, what: 'the footer' });
      if (offsets === undefined) return found;
      const ends = (ordinal: number) => (ordinal + 1 < offsets.length ? offsets[ordinal + 1] : segment.tail);
      for (let first = 0; first < offsets.length && !stopping.signal.aborted; ) {
        let last = first;
        while (last + 1 < offsets.length && ends(last + 1) - offsets[first] <= CHUNK_BYTES) last++;
        const start = offsets[first];
        const source = Buffer.allocUnsafe(ends(last) - start);
        await file.read(source, start);
        for (let ordinal = first; ordinal <= last; ordinal++) {
          const at = offsets[ordinal] - start;
          const sequence = segment.first + ordinal;
          if (frameAt(source, at, ends(ordinal) - start)?.sequence === sequence) continue;
          // An erase may have run while it was read.
          await file.read(source.subarray(at, ends(ordinal) - start), offsets[ordinal]);
          if (frameAt(source, at, ends(ordinal) - start)?.sequence === sequence) continue;
          found.push({ offset: offsets[ordinal], what: `record ${sequence}` });
        }
        first = last + 1;
        await took(source.length);
      }
    } finally {
      await file.close();
    }
    return found;
  }

  const running = (async () => {
    for (let ms = FIRST_PAUSE_MS; ; ms = PAUSE_MS) {
      await pause(ms);
      await round();
    }
  })().catch(() => {
    // Stopped.
  });

  return {
    state: () => ({ finishedAt, bytes, damage: found }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
