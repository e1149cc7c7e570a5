/**
 * Columns made of features, so that trees which ask more than "x ≤ t" become trees that ask just that. A vector is
 * lengthened by
 *
 *   nonzero   x, but NaN where |x| ≤ 1e-35
 *   outside   0 where the whole part of x is one of some codes, else 1; also for NaN
 *   except    x, but NaN where x, rounded to float32, is the one whose bits are the column's word
 *   member    1 where the whole part of x, rounded to float32, is one of some codes, else 0; NaN stays NaN
 *
 *   columns = | feature 0 … feature n−1 | made column 0 | made column 1 | … |
 */
import { AssayError } from '../../domain/errors.ts';

export const KINDS = ['nonzero', 'outside', 'member', 'except'] as const;
export type ColumnKind = (typeof KINDS)[number];

/**
 * Made column i: KINDS[kind[i]] of source[i], with the codes whose bits are set in words[wordsAt[i] .. wordsAt[i + 1]).
 */
export interface MadeColumns {
  source: Int32Array;
  kind: Uint8Array;
  wordsAt: Int32Array;
  words: Int32Array;
}

/** LightGBM takes values this near to zero for zero. */
export const ZERO = Math.fround(1e-35);
/** XGBoost takes codes from here on for invalid: float32 no longer tells them apart. */
const CODES_END = 2 ** 24;

/** Codes beyond this are refused: a set of them would take too much memory. */
export const CODE_MOST = 1_000_000;

/** Collects columns as trees are read; equal ones are shared. */
export function columnBook(features: number) {
  const made: { source: number; kind: ColumnKind; words: Int32Array }[] = [];
  const known = new Map<string, number>();
  const add = (source: number, kind: ColumnKind, words: Int32Array): number => {
    const key = `${source} ${kind} ${words.join()}`;
    const place = known.get(key) ?? features + made.push({ source, kind, words }) - 1;
    known.set(key, place);
    return place;
  };
  return {
    /** The place of a column without one value, which counts as missing. */
    exceptColumn: (source: number, value: number): number => add(source, 'except', Int32Array.of(bitsOf(value))),
    /** The place of the column in the lengthened vector. */
    column(source: number, kind: ColumnKind, codes: number[]): number {
      if (codes.some((code) => !(Number.isInteger(code) && code >= 0 && code <= CODE_MOST))) {
        throw new AssayError('invalid_request', `category codes must be whole numbers from 0 to ${CODE_MOST}`);
      }
      return add(source, kind, bitset(codes));
    },
    columns(): MadeColumns {
      const words = made.map((column) => column.words);
      const wordsAt = new Int32Array(made.length + 1);
      words.forEach((list, i) => {
        wordsAt[i + 1] = wordsAt[i] + list.length;
      });
      return {
        source: Int32Array.from(made, ({ source }) => source),
        kind: Uint8Array.from(made, ({ kind }) => KINDS.indexOf(kind)),
        wordsAt,
        words: Int32Array.from(words.flatMap((list) => [...list])),
      };
    },
  };
}

const bits = new DataView(new ArrayBuffer(4));

/** Of a float32, and back. */
function bitsOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

export function floatOf(word: number): number {
  bits.setInt32(0, word);
  return bits.getFloat32(0);
}

function bitset(codes: number[]): Int32Array {
  const words = new Int32Array(codes.length === 0 ? 0 : (Math.max(...codes) >>> 5) + 1);
  for (const code of codes) words[code >>> 5] |= 1 << (code & 31);
  return words;
}

/** Columns of one feature that ask for its code in the same way: the code is found once for all of them. */
interface Group {
  source: number;
  kind: ColumnKind;
  /** Made columns. */
  members: Int32Array;
}

function groupsOf({ source, kind }: MadeColumns): Group[] {
  const groups = Map.groupBy(source.keys(), (i) => `${source[i]} ${kind[i]}`);
  return Array.from(groups.values(), (members) => ({
    source: source[members[0]],
    kind: KINDS[kind[members[0]]],
    members: Int32Array.from(members),
  }));
}

/** Writes the made columns of `vector` behind `out[0..features)`, and the features before them. */
export function columnWriter(columns: MadeColumns, features: number) {
  const { wordsAt, words } = columns;
  const groups = groupsOf(columns);
  const writeSame = (members: Int32Array, value: number, out: Float64Array): void => {
    for (let k = 0; k < members.length; k++) out[features + members[k]] = value;
  };
  const writeSets = (members: Int32Array, code: number, inside: number, out: Float64Array): void => {
    const word = code >>> 5;
    const bit = 1 << (code & 31);
    for (let k = 0; k < members.length; k++) {
      const at = wordsAt[members[k]] + word;
      const has = at < wordsAt[members[k] + 1] && (words[at] & bit) !== 0;
      out[features + members[k]] = has ? inside : 1 - inside;
    }
  };
  return (vector: Float64Array, out: Float64Array): void => {
    out.set(vector);
    for (const { source, kind, members } of groups) {
      const x = vector[source];
      if (kind === 'nonzero') writeSame(members, Math.abs(x) <= ZERO ? Number.NaN : x, out);
      else if (kind === 'except') {
        for (const member of members) {
          out[features + member] = Math.fround(x) === floatOf(words[wordsAt[member]]) ? Number.NaN : x;
        }
      } else if (kind === 'outside') {
        const code = Math.trunc(x);
        if (code >= 0 && code < 2 ** 31) writeSets(members, code, 0, out);
        else writeSame(members, 1, out);
      } else {
        const code = Math.fround(x);
        if (code >= 0 && code < CODES_END) writeSets(members, Math.trunc(code), 1, out);
        else writeSame(members, Number.isNaN(x) ? x : 0, out);
      }
    }
  };
}

/** Throws `invalid_request` where a column reads outside of the vector or of the words. */
export function checkColumns(columns: MadeColumns, features: number): void {
  const { source, kind, wordsAt, words } = columns;
  const sound =
    kind.length === source.length &&
    wordsAt.length === source.length + 1 &&
    source.every((feature) => feature >= 0 && feature < features) &&
    kind.every((value) => value < KINDS.length) &&
    source.every((_, i) => KINDS[kind[i]] !== 'except' || wordsAt[i + 1] - wordsAt[i] === 1) &&
    wordsAt.every((at, i) => at >= (i > 0 ? wordsAt[i - 1] : 0) && at <= words.length);
  if (!sound) throw new AssayError('invalid_request', 'trees: a column is out of range');
}
