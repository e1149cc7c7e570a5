import type { RawRecord } from './encoding.ts';

/** A message of transactions.raw. */
export interface RawMessage {
  partition: number;
  offset: number;
  /** When the log took it in, or its producer says it was made; milliseconds. */
  timestamp: number;
  key: string | undefined;
  value: Buffer;
  headers: Readonly<Record<string, string>>;
  /** As it was fetched, byte for byte; a tombstone has no value. */
  record: RawRecord;
}

export function rawMessageOf(record: RawRecord): RawMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of record.headers) if (name) headers[name.toString()] = value?.toString() ?? '';
  return {
    ...{ partition: record.source, offset: record.offset, timestamp: record.timestamp, headers },
    ...{ key: record.key?.toString(), value: record.value ?? Buffer.alloc(0), record },
  };
}
