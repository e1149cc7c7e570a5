/**
 * The text of a packed part, shorter by what it repeats: of itself, and of sentences that are known beforehand. Each step is
 *
 *   u8  high half: literals, low half: length of the copy less 4; 15 in either means that LEB128 of what is more follows,
 *       that of the literals first
 *       the literals
 *   u16 how far back the copy begins, in the text with `SENTENCES` before it; absent where the text ends with the literals
 *
 * after the family of LZ77; every step either ends the text or copies at least 4 bytes.
 */
import { SENTENCES } from './words.ts';

const LEAST_COPY = 4;
const MOST_BACK = 65_535;
/** More than a text of JavaScript can have. */
const MOST_BYTES = 2 ** 31;
const HASH_BITS = 13;
const known = Buffer.from(SENTENCES, 'latin1');
/** The sentences, then the text of the part that is being packed or unpacked. */
let ground = Buffer.alloc(16 * 1024);
known.copy(ground);
/** By a hash of 4 bytes: the newest place among the sentences and one more; none is 0. */
const ofSentences = new Uint32Array(1 << HASH_BITS);
/** The same of the text at hand, where it is at least `epoch`: so that nothing is cleared between two texts. */
const places = new Uint32Array(1 << HASH_BITS);
let epoch = 1;

const fourAt = (at: number) => ground[at] | (ground[at + 1] << 8) | (ground[at + 2] << 16) | (ground[at + 3] << 24);
const hashOf = (four: number) => Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);

for (let at = 0; at + LEAST_COPY <= known.length; at++) ofSentences[hashOf(fourAt(at))] = at + 1;

function widen(bytes: number): void {
  if (ground.length >= known.length + bytes) return;
  ground = Buffer.alloc(2 * (known.length + bytes));
  known.copy(ground);
}

/** The most bytes that `writeTexts` takes for a text of so many UTF-16 units. */
export const textsBound = (units: number) => 3 * units + ((3 * units) >>> 7) + 16;

/** Writes the number of bytes, doubled, and one more where they are not all ASCII; then the steps. Returns where it ended. */
export function writeTexts(target: Uint8Array, at: number, text: string): number {
  widen(3 * text.length);
  const bytes = ground.write(text, known.length, 'utf8');
  let out = writeCount(target, at, 2 * bytes + (bytes === text.length ? 0 : 1));
  const end = known.length + bytes;
  if (epoch + end >= 2 ** 32) {
    places.fill(0);
    epoch = 1;
  }
  let literals = known.length;
  let from = known.length;
  let four = fourAt(from);
  while (from + LEAST_COPY <= end) {
    const hash = hashOf(four);
    const place = places[hash];
    places[hash] = epoch + from + 1;
    // Of the two newest places, one in the text and one among the sentences, the one that more can be copied from.
    let back = ofSentences[hash] - 1;
    let length = back < 0 ? 0 : sameFrom(back, from, end);
    if (place >= epoch && from - (place - epoch - 1) <= MOST_BACK) {
      const other = sameFrom(place - epoch - 1, from, end);
      if (other >= length) {
        back = place - epoch - 1;
        length = other;
      }
    }
    if (length < LEAST_COPY || from - back > MOST_BACK) {
      four = (four >>> 8) | (ground[from + LEAST_COPY] << 24);
      from++;
      continue;
    }
    out = writeStep(target, out, literals, from - literals, length);
    target[out++] = (from - back) & 0xff;
    target[out++] = (from - back) >>> 8;
    from += length;
    literals = from;
    four = fourAt(from);
  }
  epoch += end + 1;
  return literals < end ? writeStep(target, out, literals, end - literals, LEAST_COPY) : out;
}

function sameFrom(back: number, from: number, end: number): number {
  let length = 0;
  while (from + length < end && ground[back + length] === ground[from + length]) length++;
  return length;
}

function writeStep(target: Uint8Array, at: number, literals: number, count: number, length: number): number {
  const more = length - LEAST_COPY;
  let out = at;
  target[out++] = (Math.min(count, 15) << 4) | Math.min(more, 15);
  if (count >= 15) out = writeCount(target, out, count - 15);
  if (more >= 15) out = writeCount(target, out, more - 15);
  for (let i = 0; i < count; i++) target[out++] = ground[literals + i];
  return out;
}

export interface Texts {
  text: string;
  /** Behind the steps. */
  end: number;
}

/** Throws a RangeError where what is there are no such steps. */
export function readTexts(source: Uint8Array, at: number): Texts {
  let from = at;
  const count = () => {
    const [value, end] = readCount(source, from);
    from = end;
    return value;
  };
  const said = count();
  const bytes = Math.floor(said / 2);
  if (bytes > MOST_BYTES) throw new RangeError('a text longer than any');
  widen(bytes);
  const end = known.length + bytes;
  let to = known.length;
  while (to < end) {
    const step = source[from++];
    if (step === undefined) throw new RangeError('a text ends before its end');
    const literals = (step >>> 4) + (step >>> 4 === 15 ? count() : 0);
    const length = LEAST_COPY + (step & 15) + ((step & 15) === 15 ? count() : 0);
    if (to + literals > end || from + literals > source.length)
      throw new RangeError('a text that is longer than it says');
    for (let i = 0; i < literals; i++) ground[to++] = source[from++];
    if (to === end) break;
    const back = source[from] | (source[from + 1] << 8);
    from += 2;
    if (back === 0 || back > to || to + length > end || from > source.length) throw new RangeError('a copy of nothing');
    for (let i = 0; i < length; i++, to++) ground[to] = ground[to - back];
  }
  return { text: ground.toString(said % 2 === 0 ? 'latin1' : 'utf8', known.length, end), end: from };
}

/** Unsigned LEB128, up to 2⁵³. Returns where it ended. */
export function writeCount(target: Uint8Array, at: number, count: number): number {
  let out = at;
  let rest = count;
  while (rest >= 0x80) {
    target[out++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[out++] = rest;
  return out;
}

/** Throws a RangeError where it does not end, or is larger than 2⁵³. */
export function readCount(source: Uint8Array, at: number): [count: number, end: number] {
  let value = 0;
  let unit = 1;
  for (let i = at; i < source.length && i < at + 8; i++, unit *= 0x80) {
    value += (source[i] & 0x7f) * unit;
    if (source[i] < 0x80) return [value, i + 1];
  }
  throw new RangeError('a count without an end');
}
