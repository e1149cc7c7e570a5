import type { Journal } from '../../journal/journal.ts';
import { type ChunkBuilder, createBuilder } from './builder.ts';
import { type Asked, type Chunk, openChunk, type Past } from './chunk.ts';
import { CHUNK_RECORDS, chunkFirst } from './layout.ts';
import { notHeld } from './names.ts';

/** Where chunks lie, by their first sequence. */
export interface ChunkFiles {
  read(first: number): Promise<Uint8Array | undefined>;
  /** Whole or not at all. */
  write(first: number, bytes: Uint8Array): Promise<void>;
}

/** The log as backtests read it: by columns where there are, else record by record; what was read so becomes columns. */
export interface Columns {
  /** From a sequence up to one, both of them durable, in the log's order, some at a time. */
  read(from: number, to: number, asked: Asked): AsyncIterable<Iterable<Past>>;
  /** Stops following the log, and waits for what is being written. */
  close(): Promise<void>;
}

export interface ColumnsPorts {
  journal: Pick<Journal, 'read' | 'get' | 'subscribe' | 'durable'>;
  files: ChunkFiles;
  entityTypes: readonly string[];
  breathe: () => Promise<unknown>;
  onError: (error: unknown) => void;
}

export function createColumns(ports: ColumnsPorts): Columns {
  const { journal, files, entityTypes } = ports;
  const sameTypes = (chunk: Chunk) => JSON.stringify(chunk.entityTypes) === JSON.stringify(entityTypes);
  let building: ChunkBuilder | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  function write(builder: ChunkBuilder): Promise<unknown> {
    writing = writing
      .then(() => builder.finish(ports.breathe))
      .then((bytes) => files.write(builder.first, bytes))
      .catch(ports.onError);
    return writing;
  }

  /** Follows the log: a chunk that was begun from its first record is written once it is whole. */
  const stop = journal.subscribe((record) => {
    const { sequence } = record;
    if (sequence === chunkFirst(sequence)) building = createBuilder(sequence, entityTypes);
    if (building?.add(record) === false) building = undefined;
    if (building?.count === CHUNK_RECORDS) {
      void write(building);
      building = undefined;
    }
  });

  async function chunkAt(first: number): Promise<Chunk | undefined> {
    const bytes = await files.read(first);
    const chunk = bytes && openChunk(bytes);
    if (chunk?.first !== first || chunk.count !== CHUNK_RECORDS || !sameTypes(chunk)) return undefined;
    const ends = [await journal.get(first), await journal.get(first + CHUNK_RECORDS - 1)];
    const isOfThisLog = ends.every((record, i) => record?.key === chunk.ends[i].key && record.at === chunk.ends[i].at);
    return isOfThisLog ? chunk : undefined;
  }

  /** Record by record; what makes a chunk is written as one. */
  async function* plain(first: number, from: number, to: number, isWhole: boolean): AsyncGenerator<Past[]> {
    let builder = isWhole ? createBuilder(first, entityTypes) : undefined;
    for await (const record of journal.read(isWhole ? first : from)) {
      if (record.sequence > to) break;
      if (builder?.add(record) === false) builder = undefined;
      if (record.sequence >= from) yield [{ record }];
    }
    if (builder?.count === CHUNK_RECORDS) await write(builder);
  }

  return {
    async *read(from, to, asked) {
      const held = !asked.fields.some(notHeld);
      for (let next = from; next <= to; ) {
        const first = chunkFirst(next);
        const last = Math.min(to, first + CHUNK_RECORDS - 1);
        const isWhole = held && last === first + CHUNK_RECORDS - 1;
        const chunk = isWhole ? await chunkAt(first) : undefined;
        if (chunk) yield chunk.records(next, asked);
        else yield* plain(first, next, last, isWhole);
        next = last + 1;
      }
    },
    close() {
      stop();
      return writing.then(() => {});
    },
  };
}

/** A log that has no columns, such as one of several machines. */
export async function* readPlain(journal: Pick<Journal, 'read'>, from: number, to: number): AsyncGenerator<Past[]> {
  for await (const record of journal.read(from)) {
    if (record.sequence > to) return;
    yield [{ record }];
  }
}
