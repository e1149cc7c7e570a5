import type { About } from './pack.ts';
import * as tag from './tags.ts';
import { readCount, readTexts } from './texts.ts';
import { SHAPES, WORDS } from './words.ts';

export interface Unpacked {
  value: unknown;
  vector: Float64Array | undefined;
}

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const single = new Float32Array(1);
const singleBytes = new Uint8Array(single.buffer);

let source: Uint8Array = doubleBytes;
let next = 0;
let text = '';
let textAt = 0;
let time = 0;
let key = '';
const seen = new Float64Array(tag.MOST_SEEN);
let seenCount = 0;

/** What `pack` packed. Throws a RangeError or a SyntaxError where the bytes are none of its. */
export function unpack(about: About, packed: Uint8Array, hasVector: boolean): Unpacked {
  source = packed;
  const texts = readTexts(packed, 0);
  next = texts.end;
  text = texts.text;
  textAt = 0;
  time = about.at;
  key = about.key;
  seenCount = 0;
  note(time);
  const vector = hasVector ? readVector() : undefined;
  const value = readValue();
  if (textAt !== text.length) throw new RangeError('a packed part has texts that nothing names');
  for (; next < packed.length; next++) if (packed[next] !== tag.BLANK) throw new RangeError('a packed part goes on');
  return { value, vector };
}

function count(): number {
  const [value, end] = readCount(source, next);
  next = end;
  return value;
}

function signed(): number {
  const value = count();
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function note(value: number): number {
  if (seenCount < tag.MOST_SEEN) seen[seenCount++] = value;
  return value;
}

function readVector(): Float64Array {
  const length = count();
  if (length > 2 ** 27) throw new RangeError('a vector longer than any');
  const vector = new Float64Array(length);
  for (let i = 0; i < length; ) {
    const which = source[next++];
    let times = 1;
    if (which === tag.NAN) vector[i] = Number.NaN;
    else if (which === tag.DOUBLE) {
      // By its bytes: what is no usual NaN stays what it was.
      new Uint8Array(vector.buffer, 8 * i, 8).set(source.subarray(next, next + 8));
      if (!Number.isNaN(vector[i]) && !Object.is(vector[i], -0)) note(vector[i]);
      next += 8;
    } else vector[i] = readNumber(which);
    const more = source[next];
    if (more === tag.REPEAT) {
      next++;
      times += count();
    } else if (more >= tag.SHORT_REPEAT && more < tag.SHORT_REPEAT + tag.LONGEST_SHORT_REPEAT) {
      next++;
      times += more - tag.SHORT_REPEAT + 1;
    }
    if (i + times > length) throw new RangeError('a vector goes on');
    if (times > 1) vector.fill(vector[i], i + 1, i + times);
    i += times;
  }
  return vector;
}

function readNumber(which: number): number {
  if (which >= tag.SMALL && which < tag.SHORT_WORD) return which - tag.SMALL + tag.LEAST_SMALL;
  switch (which) {
    case tag.SEEN: {
      const known = source[next++];
      if (!(known < seenCount)) throw new RangeError('a number that was not seen before');
      return seen[known];
    }
    case tag.SEVEN_BYTES: {
      const low = source[next] + (source[next + 1] << 8) + (source[next + 2] << 16) + source[next + 3] * 2 ** 24;
      const high = source[next + 4] + (source[next + 5] << 8) + (source[next + 6] << 16);
      next += 7;
      return note(low + high * 2 ** 32);
    }
    case tag.WHOLE:
      return note(signed());
    case tag.NEAR_TIME:
      return note(time + signed());
    case tag.HUNDREDTHS:
      return note(signed() / 100);
    case tag.MILLIONTHS:
      return note(signed() / 1e6);
    case tag.DAYS:
      return note(signed() / tag.MS_A_DAY);
    case tag.SINGLE:
      for (let i = 0; i < 4; i++) singleBytes[i] = source[next++];
      return note(single[0]);
    case tag.DOUBLE:
      for (let i = 0; i < 8; i++) doubleBytes[i] = source[next++];
      return note(double[0]);
    default:
      throw new RangeError(`no number begins with ${which}`);
  }
}

function readValue(): unknown {
  const which = source[next++];
  if (which >= tag.SHORT_TEXT && which < tag.SMALL) return units(which - tag.SHORT_TEXT + 1);
  if (which >= tag.SHORT_WORD) return WORDS[which - tag.SHORT_WORD];
  switch (which) {
    case tag.NULL:
      return null;
    case tag.FALSE:
      return false;
    case tag.TRUE:
      return true;
    case tag.ARRAY: {
      const length = count();
      const values: unknown[] = [];
      for (let i = 0; i < length; i++) values.push(readValue());
      return values;
    }
    case tag.PAIR:
      return [readValue(), readValue()];
    case tag.OBJECT:
      return readNamed({});
    case tag.SHAPE:
      return readShape();
    case tag.SHAPE_AND_MORE:
      return readNamed(readShape());
    case tag.JSON_TEXT:
      return JSON.parse(units(count()));
    case tag.WORD:
    case tag.TEXT:
    case tag.HEX:
    case tag.UUID:
    case tag.OF_KEY:
      next--;
      return readText();
    default:
      return readNumber(which);
  }
}

function readNamed(value: Record<string, unknown>): Record<string, unknown> {
  for (let left = count(); left > 0; left--) value[readText()] = readValue();
  return value;
}

function readShape(): Record<string, unknown> {
  const names = SHAPES[source[next++]];
  if (names === undefined) throw new RangeError('a shape that this release does not know');
  const value: Record<string, unknown> = {};
  for (const name of names) value[name] = readValue();
  return value;
}

function readText(): string {
  const which = source[next++];
  if (which >= tag.SHORT_TEXT && which < tag.SMALL) return units(which - tag.SHORT_TEXT + 1);
  if (which >= tag.SHORT_WORD) return WORDS[which - tag.SHORT_WORD];
  switch (which) {
    case tag.TEXT:
      return units(count());
    case tag.WORD: {
      const word = WORDS[tag.SHORT_WORDS + count()];
      if (word === undefined) throw new RangeError('a word that this release does not know');
      return word;
    }
    case tag.HEX:
      return hexadecimal(count());
    case tag.UUID:
      return hexadecimal(16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case tag.OF_KEY:
      return key.slice(2);
    default:
      throw new RangeError(`no text begins with ${which}`);
  }
}

function hexadecimal(bytes: number): string {
  const from = next;
  next += bytes;
  if (next > source.length) throw new RangeError('a packed part ends before its end');
  return Buffer.from(source.buffer, source.byteOffset + from, bytes).toString('hex');
}

function units(length: number): string {
  if (textAt + length > text.length) throw new RangeError('a text that is longer than there is');
  const from = textAt;
  textAt += length;
  return text.slice(from, textAt);
}
