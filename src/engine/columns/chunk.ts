import { crc32 } from 'node:zlib';
import type { Decision, Outcome } from '../../domain/decision.ts';
import { blankEvent, type Event } from '../../domain/event.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { Transaction } from '../../domain/transaction.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Payment } from '../policy/recorded.ts';
import { HEAD_AT, type Head, MAGIC, VERSION } from './layout.ts';
import { FLAGS, NUMBERS, TEXTS } from './names.ts';
import { unpack } from './numbers.ts';

/**
 * A record as a backtest reads it; of a decision, with its payment. What nobody asked for is not there. Its event and its vectors are
 * those of the next one too: they hold until then.
 */
export interface Past {
  record: JournalRecord;
  payment?: Payment;
}

/** What a backtest reads of decisions beside what it always does. */
export interface Asked {
  /** Fields of the transaction. */
  fields: readonly string[];
  /** What the vector was computed from. */
  readSet: boolean;
}

export interface Chunk extends Pick<Head, 'first' | 'count' | 'ends' | 'entityTypes'> {
  /** The records from a sequence on that say something, in order. */
  records(from: number, asked: Asked): Iterable<Past>;
}

/** Undefined where it is damaged, or of another version. */
export function openChunk(source: Uint8Array): Chunk | undefined {
  // Views of doubles begin at a multiple of 8.
  const own = source.byteOffset % 8 === 0 ? source : source.slice();
  const bytes = Buffer.from(own.buffer, own.byteOffset, own.byteLength);
  if (bytes.length < HEAD_AT || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  const sound = bytes.readUInt32LE(8) === VERSION && bytes.readUInt32LE(12) === crc32(bytes.subarray(HEAD_AT));
  if (!sound) return undefined;
  const textEnd = HEAD_AT + bytes.readUInt32LE(16);
  const head = JSON.parse(bytes.toString('utf8', HEAD_AT, textEnd)) as Head;
  const { first, count, ends, entityTypes } = head;
  const read = { head, column: columnsOf(head, bytes), text: textsOf(head, bytes) };
  return { first, count, ends, entityTypes, records: (from, asked) => recordsOf(read, from, asked) };
}

/** What is read of a chunk: each column and each text once it is asked for. */
interface Read {
  head: Head;
  column: ColumnOf;
  /** By its number; undefined for NaN. */
  text: (code: number) => string | undefined;
}

type ColumnOf = (name: string) => Float64Array;

const blocksOf = (bytes: Buffer): number => HEAD_AT + ((bytes.readUInt32LE(16) + 7) & ~7);

function columnsOf(head: Head, bytes: Buffer): ColumnOf {
  const blocks = blocksOf(bytes);
  const known = new Map(head.columns.map((one) => [one.name, one]));
  const absent = new Float64Array(head.rows).fill(Number.NaN);
  return (name) => {
    const column = known.get(name);
    return column ? unpack(column.form, column.value, bytes, blocks + (column.at ?? 0), head.rows) : absent;
  };
}

function textsOf({ texts }: Head, bytes: Buffer): Read['text'] {
  const endsAt = blocksOf(bytes) + texts.at;
  const ends = new Uint32Array(bytes.buffer, bytes.byteOffset + endsAt, texts.count);
  const begin = endsAt + 4 * texts.count;
  const known: (string | undefined)[] = new Array(texts.count).fill(undefined);
  return (code) => {
    if (Number.isNaN(code)) return undefined;
    return (known[code] ??= bytes.toString('utf8', begin + (code > 0 ? ends[code - 1] : 0), begin + ends[code]));
  };
}

function* recordsOf(read: Read, from: number, asked: Asked): Iterable<Past> {
  const { head, column } = read;
  const { first, rows, told } = head;
  const decision = decisionsOf(read, asked);
  const ordinals = column('ordinal');
  let [row, next] = [0, 0];
  while (row < rows || next < told.length) {
    const isTold = row >= rows || (next < told.length && told[next][0] < ordinals[row]);
    const sequence = first + (isTold ? told[next][0] : ordinals[row]);
    if (sequence >= from) yield isTold ? { record: toldRecord(sequence, told[next]) } : decision(row, sequence);
    if (isTold) next++;
    else row++;
  }
}

function toldRecord(sequence: number, [, type, at, data]: Head['told'][number]): JournalRecord {
  return { sequence, version: 1, type, at, key: '', data: JSON.parse(data) as Record<string, unknown> };
}

const OUTCOMES: readonly Outcome[] = ['approve', 'review', 'decline'];

/** Reads decisions by their row. */
function decisionsOf(read: Read, asked: Asked): (row: number, sequence: number) => Past {
  const { head, column, text } = read;
  const [at, ids] = [column('at'), column('t.id')];
  const eventOf = eventsOf(head, column);
  const transactionOf = transactionsOf(read, asked.fields);
  const [outcome, control, degraded] = [column('outcome'), column('control'), column('degraded')];
  const [probability, score, model, policy] = [
    column('probability'),
    column('score'),
    column('model'),
    column('policy'),
  ];
  const [schema, approximate] = [column('rules.schema'), column('rules.approximate')];
  const ruleVector = vectorsOf(column, 'r');
  const vector = vectorsOf(column, 'v');
  const readSet = asked.readSet ? readSetsOf(head, column) : () => undefined;
  const models = once(text, (said): Decision['model'] => {
    const [name, version] = JSON.parse(said) as [string, string];
    return { name, version };
  });
  const slots = once(text, (said) => JSON.parse(said) as number[]);

  return (row, sequence) => {
    const event = eventOf(row);
    const transaction = transactionOf(row, event);
    // Those are named in an answer.
    if (degraded[row] === 1) transaction.id = text(ids[row])!;
    const made = {
      decision: OUTCOMES[outcome[row]],
      score: score[row],
      probability: probability[row],
      model: models(model[row]),
      policyVersion: Number.isNaN(policy[row]) ? undefined : policy[row],
      degraded: degraded[row] === 1 ? true : undefined,
      control: control[row] === 1 ? LET_THROUGH : undefined,
    };
    const data = {
      transaction,
      decision: made,
      entities: event.entities,
      ruleVector: ruleVector(row),
      ruleSchema: text(schema[row]),
      ruleApproximate: slots(approximate[row]),
      readSet: readSet(row),
    };
    const record = new DecisionRecord(sequence, at[row], data, row, vector);
    return { record, payment: { transaction, event } };
  };
}

/** Its vector is gathered when it is asked for: most of the time nobody does. */
class DecisionRecord implements JournalRecord {
  readonly version = 1;
  readonly type = 'decision';
  readonly key = '';
  readonly sequence: number;
  readonly at: number;
  readonly data: Record<string, unknown>;
  readonly #row: number;
  readonly #vectorOf: VectorOf;

  constructor(sequence: number, at: number, data: Record<string, unknown>, row: number, vectorOf: VectorOf) {
    this.sequence = sequence;
    this.at = at;
    this.data = data;
    this.#row = row;
    this.#vectorOf = vectorOf;
  }

  get vector(): Float64Array<ArrayBuffer> | undefined {
    return this.#vectorOf(this.#row);
  }
}

type VectorOf = (row: number) => Float64Array<ArrayBuffer> | undefined;

/** That it was let through, and no more: a backtest asks no share of then. */
const LET_THROUGH = Object.freeze({});

/** What texts say, each read once; undefined for NaN. */
function once<T>(text: Read['text'], read: (said: string) => T): (code: number) => T | undefined {
  const known: T[] = [];
  return (code) => (Number.isNaN(code) ? undefined : (known[code] ??= read(text(code)!)));
}

function vectorsOf(column: ColumnOf, of: 'v' | 'r'): VectorOf {
  let lengths: Float64Array | undefined;
  const slots: Float64Array[] = [];
  let vector = new Float64Array(0);
  return (row) => {
    const length = (lengths ??= column(`${of}.length`))[row];
    if (Number.isNaN(length)) return undefined;
    while (slots.length < length) slots.push(column(`${of}.${slots.length}`));
    if (vector.length !== length) vector = new Float64Array(length);
    for (let i = 0; i < length; i++) vector[i] = slots[i][row];
    return vector;
  };
}

function readSetsOf({ entityTypes }: Head, column: ColumnOf): (row: number) => DecisionData['readSet'] {
  const [counts, fingerprints] = ['n', 'f'].map((of) => entityTypes.map((type) => column(`${of}.${type}`)));
  const read = entityTypes.map((): [number, number] => [0, 0]);
  return (row) => {
    for (let i = 0; i < read.length; i++) {
      read[i][0] = counts[i][row];
      read[i][1] = fingerprints[i][row];
    }
    return read;
  };
}

function eventsOf({ entityTypes }: Head, column: ColumnOf): (row: number) => Event {
  const [id, type, time, offset] = [column('e.id'), column('e.type'), column('e.time'), column('e.offsetMinutes')];
  const [country, category, channel, location] = [
    column('e.country'),
    column('e.category'),
    column('e.channel'),
    column('e.location'),
  ];
  const [amount, age] = [column('t.amountBase'), column('t.accountAgeDays')];
  const [latitude, longitude] = [column('t.latitude'), column('t.longitude')];
  const keys = entityTypes.map((name) => column(`k.${name}`));
  const event = blankEvent(keys.length);
  return (row) => {
    for (let i = 0; i < keys.length; i++) event.entities[i] = keys[i][row];
    event.id = id[row];
    event.type = type[row];
    event.time = time[row];
    event.offsetMinutes = offset[row];
    event.amount = amount[row];
    event.country = country[row];
    event.category = category[row];
    event.channel = channel[row];
    event.location = location[row];
    event.latitude = latitude[row];
    event.longitude = longitude[row];
    event.accountAgeDays = age[row];
    return event;
  };
}

/** What is read of each: its truth and its segments go by these. */
const ALWAYS = ['amountMinor', 'amountBase', 'currency', 'country', 'productCategory', 'channel', 'type'];

function transactionsOf({ column, text }: Read, fields: readonly string[]): (row: number, event: Event) => Transaction {
  const names = [...new Set([...ALWAYS, ...fields])];
  const of = (all: readonly string[]) =>
    names.filter((name) => all.includes(name)).map((name) => ({ name, values: column(`t.${name}`) }));
  const [texts, numbers, flags] = [of(TEXTS), of(NUMBERS), of(FLAGS)];
  return (row, { time, offsetMinutes }) => {
    const transaction: Record<string, unknown> = { time, offsetMinutes };
    for (let i = 0; i < texts.length; i++) transaction[texts[i].name] = text(texts[i].values[row]);
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i].values[row];
      transaction[numbers[i].name] = Number.isNaN(value) ? null : value;
    }
    for (let i = 0; i < flags.length; i++) {
      const value = flags[i].values[row];
      transaction[flags[i].name] = Number.isNaN(value) ? undefined : value === 1;
    }
    return transaction as unknown as Transaction;
  };
}
