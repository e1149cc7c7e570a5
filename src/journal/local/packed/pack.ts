import * as tag from './tags.ts';
import { textsBound, writeCount, writeTexts } from './texts.ts';
import { SHAPES, WORDS } from './words.ts';

const LONGEST_WORD = 32;
const DEEPEST = 64;
const HEXADECIMAL = /^(?:[0-9a-f]{2}){4,64}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const codes = new Map<string, number>(WORDS.map((word, code) => [word, code]));
interface Shape {
  code: number;
  names: readonly string[];
}
/** By their first name, the longest first. */
const shapesFrom = new Map<string, Shape[]>();
for (const [code, names] of SHAPES.entries()) {
  const others = shapesFrom.get(names[0]) ?? [];
  shapesFrom.set(
    names[0],
    [...others, { code, names }].sort((a, b) => b.names.length - a.names.length),
  );
}

/** The value has something that JSON knows and the tags do not; it is packed as JSON then. */
const UNUSUAL = new Error('unusual');

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const halves = new Uint32Array(double.buffer);
const single = new Float32Array(1);
const singleBytes = new Uint8Array(single.buffer);

let tags = Buffer.alloc(16 * 1024);
let end = 0;
let text = '';
let time = 0;
let key = '';
/** Numbers that can be named again, in order, and where each lies by a hash. */
const seen = new Float64Array(tag.MOST_SEEN);
let seenCount = 0;
const SLOTS = 4 * tag.MOST_SEEN;
const slots = new Uint32Array(SLOTS);
/** A slot is of the part at hand where it holds its number: `part · MOST_SEEN + which`. */
let part = 0;
/** Names and values of the objects that are being written, the outer ones first. */
const names: string[] = [];
const values: unknown[] = [];
let top = 0;

/** What a part is told about its record, which is not packed itself. */
export interface About {
  key: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * A vector and a JSON value in few bytes, exactly: see tags.ts. Numbers come back to the bit, the value as JSON brings it back. Throws
 * a TypeError where JSON does. The bytes are good until the next call with this `place`.
 */
export function pack(about: About, value: unknown, vector?: Float64Array, place: 0 | 1 = 0): Uint8Array {
  begin(about);
  if (vector) writeVector(vector);
  const before = { end, seenCount };
  try {
    writeValue(value, 0);
    if (!text.isWellFormed()) throw UNUSUAL;
  } catch (error) {
    if (error !== UNUSUAL) throw error;
    ({ end, seenCount } = before);
    const json = JSON.stringify(value);
    text = json;
    room(16);
    tags[end++] = tag.JSON_TEXT;
    writeCountTag(json.length);
  }
  const packed = sink(place, textsBound(text.length) + end);
  const at = writeTexts(packed, 0, text);
  for (let i = 0; i < end; i++) packed[at + i] = tags[i];
  return packed.subarray(0, at + end);
}

const sunk = [new Uint8Array(16 * 1024), new Uint8Array(16 * 1024)];
function sink(place: 0 | 1, bytes: number): Uint8Array {
  if (sunk[place].length < bytes) sunk[place] = new Uint8Array(2 * bytes);
  return sunk[place];
}

function begin(about: About): void {
  end = 0;
  top = 0;
  text = '';
  time = about.at;
  key = about.key;
  seenCount = 0;
  part++;
  if (part >= 2 ** 32 / tag.MOST_SEEN - 1) {
    slots.fill(0);
    part = 1;
  }
  note(time);
}

function room(bytes: number): void {
  if (tags.length - end >= bytes) return;
  const wider = Buffer.alloc(2 * (tags.length + bytes));
  tags.copy(wider);
  tags = wider;
}

function writeCountTag(count: number): void {
  end = writeCount(tags, end, count);
}

function writeVector(vector: Float64Array): void {
  room(16 + 10 * vector.length);
  writeCountTag(vector.length);
  for (let i = 0; i < vector.length; ) {
    const value = vector[i];
    writeNumeric(value);
    let times = 0;
    if (!isOddNaN(value)) while (Object.is(vector[i + 1 + times], value) && !isOddNaN(vector[i + 1 + times])) times++;
    if (times > tag.LONGEST_SHORT_REPEAT) {
      tags[end++] = tag.REPEAT;
      writeCountTag(times);
    } else if (times > 0) tags[end++] = tag.SHORT_REPEAT + times - 1;
    i += 1 + times;
  }
}

/** Any double, by its bits: other NaNs than the usual one, and -0, as they are. */
function writeNumeric(value: number): void {
  if (Number.isNaN(value)) {
    if (isOddNaN(value)) writeDouble(value);
    else tags[end++] = tag.NAN;
  } else if (Object.is(value, -0)) writeDouble(value);
  else writeNumber(value);
}

function isOddNaN(value: number): boolean {
  if (!Number.isNaN(value)) return false;
  double[0] = value;
  return halves[1] !== 0x7ff80000 || halves[0] !== 0;
}

function writeDouble(value: number): void {
  double[0] = value;
  tags[end++] = tag.DOUBLE;
  for (let i = 0; i < 8; i++) tags[end++] = doubleBytes[i];
}

/** Neither NaN nor -0. */
function writeNumber(value: number): void {
  if ((value | 0) === value && value >= tag.LEAST_SMALL && value <= tag.MOST_SMALL) {
    tags[end++] = tag.SMALL + value - tag.LEAST_SMALL;
    return;
  }
  const known = find(value);
  if (known >= 0) {
    tags[end++] = tag.SEEN;
    tags[end++] = known;
    return;
  }
  note(value);
  if (Number.isSafeInteger(value)) writeWhole(value);
  else if (isOf(value, 100, 2 ** 34)) writeSigned(tag.HUNDREDTHS, Math.round(value * 100));
  else if (isOf(value, 1e6, 2 ** 41)) writeSigned(tag.MILLIONTHS, Math.round(value * 1e6));
  else if (isOf(value, tag.MS_A_DAY, 2 ** 41)) writeSigned(tag.DAYS, Math.round(value * tag.MS_A_DAY));
  else if (Math.fround(value) === value) writeSingle(value);
  else writeDouble(value);
}

/** Whether it is a whole number, below `most`, by the divisor: to the bit. */
function isOf(value: number, divisor: number, most: number): boolean {
  const scaled = Math.round(value * divisor);
  return scaled / divisor === value && Math.abs(scaled) < most;
}

function writeSingle(value: number): void {
  single[0] = value;
  tags[end++] = tag.SINGLE;
  for (let i = 0; i < 4; i++) tags[end++] = singleBytes[i];
}

function writeWhole(value: number): void {
  const late = value - time;
  if (Math.abs(value) < 2 ** 27) writeSigned(tag.WHOLE, value);
  else if (Math.abs(late) < 2 ** 34 && Number.isSafeInteger(time)) writeSigned(tag.NEAR_TIME, late);
  else if (value > 0) writeSevenBytes(value);
  else if (value > -(2 ** 50)) writeSigned(tag.WHOLE, value);
  else writeDouble(value);
}

function writeSevenBytes(value: number): void {
  tags[end++] = tag.SEVEN_BYTES;
  let low = value % 2 ** 28;
  let high = Math.floor(value / 2 ** 28);
  // 28 bits each: three bytes and a half.
  const middle = (low >>> 24) | ((high & 0xf) << 4);
  high >>>= 4;
  for (let i = 0; i < 3; i++, low >>>= 8) tags[end++] = low & 0xff;
  tags[end++] = middle;
  for (let i = 0; i < 3; i++, high >>>= 8) tags[end++] = high & 0xff;
}

function writeSigned(which: number, value: number): void {
  tags[end++] = which;
  writeCountTag(value < 0 ? -2 * value - 1 : 2 * value);
}

function slotOf(value: number): number {
  double[0] = value;
  return (Math.imul(halves[0] ^ Math.imul(halves[1], 0x85ebca6b), 0x9e3779b1) >>> 22) & (SLOTS - 1);
}

function find(value: number): number {
  for (let slot = slotOf(value); ; slot = (slot + 1) & (SLOTS - 1)) {
    const which = slots[slot] - part * tag.MOST_SEEN;
    if (which < 0 || which >= seenCount) return -1;
    if (seen[which] === value) return which;
  }
}

function note(value: number): void {
  if (seenCount === tag.MOST_SEEN) return;
  let slot = slotOf(value);
  while (slots[slot] >= part * tag.MOST_SEEN && slots[slot] - part * tag.MOST_SEEN < seenCount)
    slot = (slot + 1) & (SLOTS - 1);
  slots[slot] = part * tag.MOST_SEEN + seenCount;
  seen[seenCount++] = value;
}

function writeValue(value: unknown, depth: number): void {
  room(64);
  switch (typeof value) {
    case 'string':
      writeText(value);
      return;
    case 'number':
      if (!Number.isFinite(value)) tags[end++] = tag.NULL;
      else writeNumber(value);
      return;
    case 'boolean':
      tags[end++] = value ? tag.TRUE : tag.FALSE;
      return;
    case 'object':
      if (value === null) tags[end++] = tag.NULL;
      else if (depth > DEEPEST) throw UNUSUAL;
      else if (Array.isArray(value)) writeArray(value, depth);
      else writeObject(value as Record<string, unknown>, depth);
      return;
    default:
      throw UNUSUAL;
  }
}

function writeArray(values: unknown[], depth: number): void {
  if (values.length === 2) tags[end++] = tag.PAIR;
  else {
    tags[end++] = tag.ARRAY;
    writeCountTag(values.length);
  }
  for (let i = 0; i < values.length; i++) writeValue(values[i], depth + 1);
}

function writeObject(value: Record<string, unknown>, depth: number): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw UNUSUAL;
  const from = top;
  let count = 0;
  // In the very loop that gives the names: there a value is found by its place, and neither is put into an array of its own.
  for (const name in value) {
    const one = value[name];
    names[top] = name;
    values[top++] = one;
    if (one !== undefined) count++;
  }
  const to = top;
  const shape = to - from === count ? shapeOf(from, to) : undefined;
  const shaped = shape?.names.length ?? 0;
  if (shape === undefined) tags[end++] = tag.OBJECT;
  else {
    tags[end++] = count === shaped ? tag.SHAPE : tag.SHAPE_AND_MORE;
    tags[end++] = shape.code;
    for (let i = from; i < from + shaped; i++) writeValue(values[i], depth + 1);
  }
  if (shape === undefined || count > shaped) {
    room(64);
    writeCountTag(count - shaped);
    for (let i = from + shaped; i < to; i++) {
      if (values[i] === undefined) continue;
      if (names[i] === '__proto__') throw UNUSUAL;
      room(64);
      writeText(names[i]);
      writeValue(values[i], depth + 1);
    }
  }
  top = from;
}

/** The longest that the names at hand begin with. */
function shapeOf(from: number, to: number): Shape | undefined {
  const candidates = shapesFrom.get(names[from]);
  if (candidates === undefined) return undefined;
  for (const shape of candidates) {
    const { length } = shape.names;
    let same = 0;
    if (length <= to - from) while (same < length && names[from + same] === shape.names[same]) same++;
    if (same === length) return shape;
  }
  return undefined;
}

function writeText(value: string): void {
  const { length } = value;
  if (length <= LONGEST_WORD) {
    const code = codes.get(value);
    if (code !== undefined) {
      if (code < tag.SHORT_WORDS) tags[end++] = tag.SHORT_WORD + code;
      else {
        tags[end++] = tag.WORD;
        writeCountTag(code - tag.SHORT_WORDS);
      }
      return;
    }
  }
  if (length === key.length - 2 && length > 2 && key.endsWith(value)) {
    tags[end++] = tag.OF_KEY;
    return;
  }
  // Most texts end here: asking a pattern takes longer than asking for one letter.
  const mayBeHex = length >= 8 && length <= 128 && isHexDigit(value.charCodeAt(0));
  if (mayBeHex && length === 36 && UUID.test(value)) {
    tags[end++] = tag.UUID;
    end = writeUuid(tags, end, value, 0);
    return;
  }
  if (mayBeHex && HEXADECIMAL.test(value)) {
    tags[end++] = tag.HEX;
    room(16 + length);
    writeCountTag(length / 2);
    end += tags.write(value, end, 'hex');
    return;
  }
  if (length > 0 && length <= tag.LONGEST_SHORT_TEXT) tags[end++] = tag.SHORT_TEXT + length - 1;
  else {
    tags[end++] = tag.TEXT;
    writeCountTag(length);
  }
  text += value;
}

const isHexDigit = (code: number) => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
const digitOf = (code: number) => (code <= 0x39 ? code - 0x30 : code - 0x57);

/** The 16 bytes of a UUID in lower case that stands there in a text. Returns where they ended. */
export function writeUuid(target: Uint8Array, at: number, value: string, from: number): number {
  let out = at;
  for (let i = from; i < from + 36; i += 2) {
    if (value.charCodeAt(i) === 0x2d) i++;
    target[out++] = (digitOf(value.charCodeAt(i)) << 4) | digitOf(value.charCodeAt(i + 1));
  }
  return out;
}
