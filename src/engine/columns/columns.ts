import type { Journal } from '../../journal/journal.ts';
import { unlessRemoved } from '../../journal/removed.ts';
import { createBuilder } from './builder.ts';
import { type Asked, type Chunk, openChunk, type Past } from './chunk.ts';
import { type ColumnFollowerPorts, createColumnFollower } from './follower.ts';
import { CHUNK_RECORDS, chunkFirst } from './layout.ts';
import { notHeld } from './names.ts';

/** The log as backtests read it: by columns where there are, else record by record; what was read so becomes columns. */
export interface Columns {
  /** From a sequence up to one, both of them durable, in the log's order, some at a time. */
  read(from: number, to: number, asked: Asked): AsyncIterable<Iterable<Past>>;
  /** Another thread makes columns of what comes from now on. */
  handOver(): void;
  /** Stops following the log, and waits for what is being written. */
  close(): Promise<void>;
}

export interface ColumnsPorts extends ColumnFollowerPorts {
  journal: Pick<Journal, 'read' | 'get' | 'subscribe' | 'durable'>;
}

export function createColumns(ports: ColumnsPorts): Columns {
  const { journal, files, entityTypes } = ports;
  const sameTypes = (chunk: Chunk) => JSON.stringify(chunk.entityTypes) === JSON.stringify(entityTypes);
  const follower = createColumnFollower(ports);
  const stop = journal.subscribe(follower.take);

  async function chunkAt(first: number): Promise<Chunk | undefined> {
    const bytes = await files.read(first);
    const chunk = bytes && openChunk(bytes);
    if (chunk?.first !== first || chunk.count !== CHUNK_RECORDS || !sameTypes(chunk)) return undefined;
    const ends = [await unlessRemoved(journal.get(first)), await unlessRemoved(journal.get(first + CHUNK_RECORDS - 1))];
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
    if (builder?.count === CHUNK_RECORDS) await follower.write(builder);
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
    handOver: stop,
    async close() {
      stop();
      await follower.close();
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
