import type { JournalRecord } from '../../journal/journal.ts';
import { type ChunkBuilder, createBuilder } from './builder.ts';
import { CHUNK_RECORDS, type ChunkFiles, chunkFirst } from './layout.ts';

/** What is said when `onError` is told. */
export const COLUMNS_FAILED = 'columns of the log were not written; backtests read records instead';

/** Makes columns of records as they come: a chunk that was begun from its first record is written once it is whole. */
export interface ColumnFollower {
  /** In the log's order. One that came before is passed over; one that does not follow ends its chunk, which is none then. */
  take(record: JournalRecord): void;
  /** Writes a chunk behind those that are under way. */
  write(builder: ChunkBuilder): Promise<unknown>;
  /** Waits for what is being written. */
  close(): Promise<unknown>;
}

export interface ColumnFollowerPorts {
  files: ChunkFiles;
  entityTypes: readonly string[];
  breathe: () => Promise<unknown>;
  onError: (error: unknown) => void;
}

export function createColumnFollower({ files, entityTypes, breathe, onError }: ColumnFollowerPorts): ColumnFollower {
  let building: ChunkBuilder | undefined;
  let next = 1;
  let writing: Promise<unknown> = Promise.resolve();

  const write = (builder: ChunkBuilder) => {
    writing = writing
      .then(() => builder.finish(breathe))
      .then((bytes) => files.write(builder.first, bytes))
      .catch(onError);
    return writing;
  };

  return {
    write,
    take(record) {
      const { sequence } = record;
      if (sequence < next) return;
      if (sequence !== next) building = undefined;
      next = sequence + 1;
      if (sequence === chunkFirst(sequence)) building = createBuilder(sequence, entityTypes);
      if (building?.add(record) === false) building = undefined;
      if (building?.count === CHUNK_RECORDS) {
        void write(building);
        building = undefined;
      }
    },
    close: () => writing,
  };
}
