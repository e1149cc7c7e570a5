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
  /** The model's vector. */
  vector: boolean;
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
  return {
    first,
    count,
    ends,
    entityTypes,
    records: (from, asked) => recordsOf(head, columnsOf(head, bytes), from, asked),
  };
}

type ColumnOf = (name: string) => Float64Array;

function columnsOf(head: Head, bytes: Buffer): ColumnOf {
  const blocks = HEAD_AT + ((bytes.readUInt32LE(16) + 7) & ~7);
  const known = new Map(head.columns.map((one) => [one.name, one]));
  const absent = new Float64Array(head.rows).fill(Number.NaN);
  return (name) => {
    const column = known.get(name);
    return column ? unpack(column.form, column.value, bytes, blocks + (column.at ?? 0), head.rows) : absent;
  };
}

function* recordsOf(head: Head, column: ColumnOf, from: number, asked: Asked): Iterable<Past> {
  const { first, rows, told } = head;
  const decision = decisionsOf(head, column, asked);
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
function decisionsOf(head: Head, column: ColumnOf, asked: Asked): (row: number, sequence: number) => Past {
  const at = column('at');
  const eventOf = eventsOf(head, column);
  const transactionOf = transactionsOf(head, column, asked.fields);
  const [outcome, control, degraded] = [column('outcome'), column('control'), column('degraded')];
  const [probability, score, model, policy] = [
    column('probability'),
    column('score'),
    column('model'),
    column('policy'),
  ];
  const [schema, approximate] = [column('rules.schema'), column('rules.approximate')];
  const ruleVector = vectorsOf(column, 'r');
  const vector = asked.vector ? vectorsOf(column, 'v') : () => undefined;
  const readSet = asked.readSet ? readSetsOf(head, column) : () => undefined;
  const models = once(head, (text): Decision['model'] => {
    const [name, version] = JSON.parse(text) as [string, string];
    return { name, version };
  });
  const slots = once(head, (text) => JSON.parse(text) as number[]);

  return (row, sequence) => {
    const event = eventOf(row);
    const transaction = transactionOf(row, event);
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
      ruleSchema: head.words[schema[row]],
      ruleApproximate: slots(approximate[row]),
      readSet: readSet(row),
    };
    const record: JournalRecord = { sequence, version: 1, type: 'decision', at: at[row], key: '', data };
    const own = vector(row);
    if (own) record.vector = own;
    return { record, payment: { transaction, event } };
  };
}

/** That it was let through, and no more: a backtest asks no share of then. */
const LET_THROUGH = Object.freeze({});

/** What texts say, each read once; undefined for NaN. */
function once<T>({ words }: Head, read: (text: string) => T): (code: number) => T | undefined {
  const known = new Map<number, T>();
  return (code) => {
    if (Number.isNaN(code)) return undefined;
    let value = known.get(code);
    if (value === undefined) known.set(code, (value = read(words[code])));
    return value;
  };
}

function vectorsOf(column: ColumnOf, of: 'v' | 'r'): (row: number) => Float64Array | undefined {
  const lengths = column(`${of}.length`);
  let most = 0;
  for (const length of lengths) if (length > most) most = length;
  const slots = Array.from({ length: most }, (_, i) => column(`${of}.${i}`));
  let vector = new Float64Array(most);
  return (row) => {
    const length = lengths[row];
    if (Number.isNaN(length)) return undefined;
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
const ALWAYS = ['id', 'amountMinor', 'amountBase', 'currency', 'country', 'productCategory', 'channel', 'type'];

function transactionsOf(
  { words }: Head,
  column: ColumnOf,
  fields: readonly string[],
): (row: number, event: Event) => Transaction {
  const names = [...new Set([...ALWAYS, ...fields])];
  const of = (all: readonly string[]) =>
    names.filter((name) => all.includes(name)).map((name) => ({ name, values: column(`t.${name}`) }));
  const [texts, numbers, flags] = [of(TEXTS), of(NUMBERS), of(FLAGS)];
  return (row, { time, offsetMinutes }) => {
    const transaction: Record<string, unknown> = { time, offsetMinutes };
    for (let i = 0; i < texts.length; i++) transaction[texts[i].name] = words[texts[i].values[row]];
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
