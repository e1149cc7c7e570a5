/** Sorting many doubles by their bits: several times as quick as comparing them. */

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
/** Word (1 is the one of the sign) and shift of each digit, lowest first. */
const PLACES = [
  [0, 0],
  [0, 11],
  [0, 22],
  [1, 0],
  [1, 11],
  [1, 22],
];
/** Below this many, comparing is quicker than counting digits. */
const FEWEST = 2048;

/** Sorts ascending, in place. There must be no NaN; of 0 and −0 the latter comes first. */
export function sortNumbers(values: Float64Array): Float64Array {
  const { length } = values;
  if (length < FEWEST) return values.sort();
  let from = values;
  let to: Float64Array = new Float64Array(length);
  for (const [word, shift] of PLACES) {
    const starts = startsOf(from, word, shift);
    if (!starts) continue;
    const bits = new Int32Array(from.buffer, from.byteOffset, 2 * length);
    for (let i = 0; i < length; i++) to[starts[digit(bits, i, word, shift)]++] = from[i];
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return values;
}

/** Bits in the order of the numbers: all turned round where the number is negative, else only the sign. */
function digit(bits: Int32Array, i: number, word: number, shift: number): number {
  const negative = bits[2 * i + 1] >> 31;
  const sign = word === 1 ? -0x80000000 : 0;
  return ((bits[2 * i + word] ^ (negative | sign)) >>> shift) & (DIGITS - 1);
}

/** Where the numbers of each digit go, undefined where all have the same one. */
function startsOf(values: Float64Array, word: number, shift: number): Int32Array | undefined {
  const bits = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const starts = new Int32Array(DIGITS + 1);
  for (let i = 0; i < values.length; i++) starts[digit(bits, i, word, shift) + 1]++;
  if (starts.includes(values.length)) return undefined;
  for (let d = 0; d < DIGITS; d++) starts[d + 1] += starts[d];
  return starts;
}
