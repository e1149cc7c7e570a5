import type { JournalEntry, JournalRecord, RecordType } from '../../journal/journal.ts';
import { RECORD_TYPES } from '../../journal/journal.ts';

/**
 * A journal record as a Kafka record.
 *
 * key      the transaction's id (scored), else the record's key
 * value    JSON {type, at, key, aliases?, data, personal?, vector?}; the vector as base64 of little-endian float64
 * headers  v: format version; k: the record's key; a: its aliases as a JSON array; n: who appended it and its number there;
 *          traceparent, tracestate: of whoever appended it, where that is traced
 *
 * The headers let a reader know a record's names without its value. Never change what a version means.
 */
export const FORMAT_VERSION = 1;

export interface Encoded {
  key: Buffer;
  value: Buffer;
  headers: [Buffer, Buffer][];
  bytes: number;
}

/** A Kafka record as it was fetched. */
export interface RawRecord {
  source: number;
  offset: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: [Buffer | null, Buffer | null][];
}

const VERSION = Buffer.from('v');
const KEY = Buffer.from('k');
const ALIASES = Buffer.from('a');
const NONCE = Buffer.from('n');
const TRACE = ['traceparent', 'tracestate'] as const;
const TRACE_NAMES = TRACE.map((name) => Buffer.from(name));
const TYPES: ReadonlySet<string> = new Set(RECORD_TYPES);

/** `nonce` tells the appending process and the number of the append, so that it knows its own record again. */
export function encodeRecord(entry: JournalEntry, nonce: string, trace?: Readonly<Record<string, string>>): Encoded {
  const { type, at, key, aliases, data, personal, vector } = entry;
  const value = Buffer.from(
    JSON.stringify({ type, at, key, aliases, data, personal, vector: vector && encodeVector(vector) }),
  );
  const headers: [Buffer, Buffer][] = [
    [VERSION, Buffer.from(String(FORMAT_VERSION))],
    [KEY, Buffer.from(key)],
    [NONCE, Buffer.from(nonce)],
  ];
  if (aliases?.length) headers.push([ALIASES, Buffer.from(JSON.stringify(aliases))]);
  if (trace) for (const name of TRACE) if (trace[name]) headers.push([Buffer.from(name), Buffer.from(trace[name])]);
  const message = Buffer.from(partitionKey(entry));
  let bytes = value.length + message.length + 32;
  for (const [name, text] of headers) bytes += name.length + text.length + 4;
  return { key: message, value, headers, bytes };
}

/** What names the partition of a scored record: the transaction's id, so that all records of one stand in one partition. */
export function partitionKey({ key, data }: JournalEntry): string {
  const id = (data.transaction as { id?: unknown } | undefined)?.id ?? data.transactionId;
  return typeof id === 'string' ? id : key;
}

export interface RecordNames {
  key: string;
  aliases: string[];
  nonce: string | undefined;
}

/** From the headers alone. Undefined where the record was not written by this format. */
export function namesOfRecord(raw: RawRecord): RecordNames | undefined {
  const key = header(raw, KEY);
  if (key === undefined) return undefined;
  const text = header(raw, ALIASES);
  try {
    const aliases: unknown = text === undefined ? [] : JSON.parse(text);
    return { key, aliases: Array.isArray(aliases) ? aliases : [], nonce: header(raw, NONCE) };
  } catch {
    return undefined;
  }
}

/** Throws where the value is no record of a known version. */
export function decodeRecord(raw: RawRecord, sequence: number): JournalRecord {
  const version = Number(header(raw, VERSION));
  if (version !== 1) throw new Error(`record ${raw.source}:${raw.offset} has the unknown format ${version}`);
  if (!raw.value) throw new Error(`record ${raw.source}:${raw.offset} has no value`);
  const { type, at, key, aliases, data, personal, vector } = JSON.parse(raw.value.toString());
  if (!TYPES.has(type) || typeof key !== 'string' || typeof at !== 'number' || typeof data !== 'object' || !data)
    throw new Error(`record ${raw.source}:${raw.offset} is not of the journal`);
  const record: JournalRecord = {
    ...{ sequence, version, type: type as RecordType, at, key, data },
    position: { partition: raw.source, offset: raw.offset },
  };
  if (aliases !== undefined) record.aliases = aliases;
  if (personal !== undefined) record.personal = personal;
  if (vector !== undefined) record.vector = decodeVector(vector);
  const [traceparent, tracestate] = TRACE_NAMES.map((name) => header(raw, name));
  if (traceparent !== undefined) record.trace = { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
  return record;
}

/** What stands where a key was taken already, or where nothing can be read any more. */
export function voidRecord(source: number, offset: number, sequence: number, at: number): JournalRecord {
  return {
    ...{ sequence, version: FORMAT_VERSION, type: 'void', at, key: `v:${source}:${offset}`, data: {} },
    position: { partition: source, offset },
  };
}

/** Bit-exact, NaN payloads included: the bytes go as they are (the journal needs a little-endian machine). */
export function encodeVector(vector: Float64Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

export function decodeVector(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 8 !== 0) throw new Error('a vector that is not of whole numbers');
  return new Float64Array(new Uint8Array(bytes).buffer);
}

function header(raw: RawRecord, name: Buffer): string | undefined {
  for (const [key, value] of raw.headers) if (key?.equals(name)) return value?.toString();
  return undefined;
}
