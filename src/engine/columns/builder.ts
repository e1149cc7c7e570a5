import { crc32 } from 'node:zlib';
import { withoutPersonal } from '../../domain/personal.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { eventOfRecord } from '../event.ts';
import { CHUNK_RECORDS, type ColumnHead, HEAD_AT, type Head, MAGIC, TOLD, VERSION } from './layout.ts';
import { EVENT, FLAGS, NUMBERS, TEXTS } from './names.ts';
import { pack } from './numbers.ts';

/** Gathers the records of one chunk, in their order, and writes them as columns. */
export interface ChunkBuilder {
  readonly first: number;
  readonly count: number;
  /** False where it cannot be said in columns: then the chunk is none. */
  add(record: JournalRecord): boolean;
  /** `breathe` is awaited between short pieces of the work. */
  finish(breathe: () => Promise<unknown>): Promise<Uint8Array>;
}

const OUTCOMES = ['approve', 'review', 'decline'];

export function createBuilder(first: number, entityTypes: readonly string[]): ChunkBuilder {
  const columns = new Map<string, Float64Array>();
  const words: string[] = [];
  const codes = new Map<string, number>();
  const told: Head['told'] = [];
  const ends: { key: string; at: number }[] = [];
  let [count, rows, sound] = [0, 0, true];

  function column(name: string): Float64Array {
    let values = columns.get(name);
    if (!values) columns.set(name, (values = new Float64Array(CHUNK_RECORDS).fill(Number.NaN)));
    return values;
  }
  const all = <N extends string>(names: readonly N[], prefix: string) =>
    names.map((name) => ({ name, values: column(`${prefix}${name}`) }));

  /** A text by its number; NaN where absent. */
  function codeOf(text: unknown): number {
    if (typeof text !== 'string') return Number.NaN;
    let code = codes.get(text);
    if (code !== undefined) return code;
    codes.set(text, (code = words.push(text) - 1));
    // UTF-8 cannot say the half of a pair.
    if (!text.isWellFormed()) sound = false;
    return code;
  }

  const [ordinal, at] = [column('ordinal'), column('at')];
  const event = all(EVENT, 'e.');
  const entities = entityTypes.map((type) => column(`k.${type}`));
  const [numbers, flags, texts] = [all(NUMBERS, 't.'), all(FLAGS, 't.'), all(TEXTS, 't.')];
  const [outcome, controlled, degraded] = [column('outcome'), column('control'), column('degraded')];
  const [probability, score, model, policy] = [
    column('probability'),
    column('score'),
    column('model'),
    column('policy'),
  ];
  const readSet = entityTypes.map((type) => ({ count: column(`n.${type}`), fingerprint: column(`f.${type}`) }));
  const [schema, approximate] = [column('rules.schema'), column('rules.approximate')];
  const vectors = { v: lengths('v'), r: lengths('r') };

  function lengths(of: 'v' | 'r') {
    return { length: column(`${of}.length`), slots: [] as Float64Array[] };
  }

  function vector(of: 'v' | 'r', values: ArrayLike<number | null> | undefined): void {
    if (!values) return;
    const { length, slots } = vectors[of];
    length[rows] = values.length;
    while (slots.length < values.length) slots.push(column(`${of}.${slots.length}`));
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? Number.NaN;
      slots[i][rows] = of === 'v' ? value : asJson(value);
    }
  }

  function decision(record: JournalRecord): boolean {
    const data = record.data as unknown as DecisionData;
    // Its keys are read by what is personal beside them.
    if (data.named === undefined) return false;
    const { decision: made } = data;
    const seen = eventOfRecord(record, entityTypes);
    ordinal[rows] = count;
    at[rows] = record.at;
    for (const { name, values } of event) values[rows] = seen[name];
    for (let i = 0; i < entities.length; i++) entities[i][rows] = seen.entities[i];
    const transaction = data.transaction as unknown as Record<string, unknown>;
    for (const { name, values } of numbers) {
      const value = transaction[name];
      if (typeof value === 'number') values[rows] = asJson(value);
    }
    t('latitude', asJson(seen.latitude));
    t('longitude', asJson(seen.longitude));
    for (const { name, values } of flags) {
      const value = transaction[name];
      if (typeof value === 'boolean') values[rows] = Number(value);
    }
    for (const { name, values } of texts) values[rows] = codeOf(transaction[name]);
    outcome[rows] = OUTCOMES.indexOf(made.decision);
    controlled[rows] = made.control ? 1 : 0;
    degraded[rows] = made.degraded ? 1 : 0;
    probability[rows] = made.probability;
    score[rows] = made.score;
    if (made.model) model[rows] = codeOf(JSON.stringify([made.model.name, made.model.version]));
    policy[rows] = made.policyVersion ?? Number.NaN;
    for (let i = 0; i < readSet.length && i < (data.readSet?.length ?? 0); i++) {
      readSet[i].count[rows] = data.readSet[i][0];
      readSet[i].fingerprint[rows] = data.readSet[i][1];
    }
    vector('v', record.vector);
    vector('r', data.ruleVector);
    schema[rows] = codeOf(data.ruleSchema);
    if (data.ruleApproximate) approximate[rows] = codeOf(JSON.stringify(data.ruleApproximate));
    rows++;
    return true;
  }
  const t = (name: string, value: number) => {
    column(`t.${name}`)[rows] = value;
  };

  return {
    first,
    get count() {
      return count;
    },
    add(record) {
      const { type, key, at: when } = record;
      if (count === 0 || count === CHUNK_RECORDS - 1) ends.push({ key, at: when });
      if (type === 'decision' && !decision(record)) return false;
      if (TOLD.has(type)) told.push([count, type, when, JSON.stringify((withoutPersonal(record) ?? record).data)]);
      count++;
      return sound;
    },
    async finish(breathe) {
      const heads: ColumnHead[] = [];
      const blocks: Uint8Array[] = [];
      let end = 0;
      for (const [name, values] of columns) {
        const { form, value, bytes } = pack(values.subarray(0, Math.max(1, rows)));
        heads.push({ name, form, ...(form === 'one' ? { value } : { at: end }) });
        blocks.push(bytes, new Uint8Array(-bytes.length & 7));
        end += (bytes.length + 7) & ~7;
        if (heads.length % COLUMNS_A_TURN === 0) await breathe();
      }
      const texts = { count: words.length, at: end };
      blocks.push(...textsOf(words));
      const head: Head = { first, count, rows, entityTypes: [...entityTypes], ends, columns: heads, texts, told };
      const text = Buffer.from(JSON.stringify(head));
      await breathe();
      const body = Buffer.concat([text, new Uint8Array(-text.length & 7), ...blocks]);
      const begin = Buffer.alloc(HEAD_AT);
      MAGIC.copy(begin);
      begin.writeUInt32LE(VERSION, 8);
      begin.writeUInt32LE(crc32(body), 12);
      begin.writeUInt32LE(text.length, 16);
      return Buffer.concat([begin, body]);
    },
  };
}

function textsOf(words: readonly string[]): Uint8Array[] {
  const ends = new Uint32Array(words.length);
  const bytes = words.map((word) => Buffer.from(word));
  bytes.reduce((end, { length }, i) => (ends[i] = end + length), 0);
  return [new Uint8Array(ends.buffer), ...bytes];
}

/** A record that is read again has no -0 in its data, where the one that was handed in may. */
const asJson = (value: number) => value + 0;

const COLUMNS_A_TURN = 16;
