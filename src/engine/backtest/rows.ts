/** Numbers that grow, in one typed array: a million of them are 8 MB and no objects. */
export interface Column {
  readonly length: number;
  push(value: number): void;
  at(index: number): number;
}

type Numbers =
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

export function createColumn(make: (length: number) => Numbers, most = 2 ** 27): Column {
  let values = make(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        if (length >= most) throw new Error(`More than ${most} values; ask for a shorter time.`);
        const grown = make(Math.min(most, length * 2));
        grown.set(values as never);
        values = grown;
      }
      values[length++] = value;
    },
    at: (index) => values[index],
  };
}

export const doubles = () => createColumn((length) => new Float64Array(length));
export const words32 = () => createColumn((length) => new Uint32Array(length));
export const words16 = () => createColumn((length) => new Uint16Array(length));
export const bytes = () => createColumn((length) => new Uint8Array(length));

/** Words as small numbers, bounded: whatever comes after so many is one word. */
export interface Words {
  readonly names: readonly string[];
  codeOf(word: unknown): number;
}

const MOST_WORDS = 2_000;
const OTHERS = '(others)';

export function createWords(): Words {
  const names = ['', OTHERS];
  const codes = new Map<string, number>([['', 0]]);
  return {
    names,
    codeOf(word) {
      if (typeof word !== 'string') return 0;
      const known = codes.get(word);
      if (known !== undefined) return known;
      if (names.length >= MOST_WORDS) return 1;
      codes.set(word, names.length);
      return names.push(word) - 1;
    },
  };
}
