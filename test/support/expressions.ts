/**
 * Expressions made at random, each in three forms: as our rules have it, as CEL has it (numbers with a point, sizes as doubles),
 * and as a function that says word for word what it means. In that function `undefined` is unknown, and nothing is skipped.
 */
export interface Known {
  tx: Record<string, unknown>;
  values: number[];
  score: number;
  /** Values of the list "named". */
  named: Set<string>;
}
export type Value = boolean | number | string | readonly unknown[] | Record<string, unknown> | undefined;
export interface Made {
  ours: string;
  /** Undefined where CEL has no such thing. */
  cel: string | undefined;
  naive: (known: Known, variables: Record<string, unknown>) => Value;
}
/** From 0 to 1. */
export type Random = () => number;

/** What the texts above may name: see `knownAt`. */
export const NUMBERS = ['tx.amountBase', 'tx.accountAgeDays', 'tx.latitude', 'score', 'features.f1', 'features.f2'];
const TEXTS = ['tx.country', 'tx.cardCountry', 'tx.email', 'tx.channel'];
const LETTERS = ['', 'a', 'B', 'é', '😀', 'ab', 'US', 'a@b.co'];

export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)];
const unknown = (value: unknown): value is undefined | null =>
  value === undefined || value === null || Number.isNaN(value);

/** Of a payment: fields there, absent, null or (numbers) NaN. */
export function knownAt(random: Random): Known {
  const tx: Record<string, unknown> = {};
  const put = (name: string, value: unknown) => {
    const roll = random();
    if (roll < 0.6) tx[name] = value;
    else if (roll < 0.7) tx[name] = null;
  };
  for (const name of ['amountBase', 'accountAgeDays', 'latitude'])
    put(name, pick(random, [0, 1, 2.5, -3, 100, Number.NaN]));
  for (const name of ['country', 'cardCountry', 'email', 'channel']) put(name, pick(random, LETTERS));
  put('remote', random() < 0.5);
  const meta = (): unknown => pick(random, [1, 2.5, 'a', 'ab', true, null]);
  put('metadata', {
    ...{
      n: pick(random, [0, 1, 2.5, 'a', null]),
      t: pick(random, ['a', 'ab', 3, null]),
      b: pick(random, [true, 1, null]),
    },
    list: Array.from({ length: Math.floor(random() * 4) }, meta),
    ...(random() < 0.3 ? { extra: 1 } : {}),
  });
  const number = () => pick(random, [0, 1, 2, 50, Number.NaN]);
  return { tx, values: [number(), number()], score: number(), named: new Set(['a', 'US']) };
}

function read(known: Known, name: string): Value {
  if (name === 'score') return unknown(known.score) ? undefined : known.score;
  if (name.startsWith('features.f')) {
    const value = known.values[Number(name.slice(-1)) - 1];
    return Number.isNaN(value) ? undefined : value;
  }
  let value: unknown = known;
  for (const part of name.split('.')) value = unknown(value) ? undefined : (value as Record<string, unknown>)[part];
  return unknown(value) ? undefined : (value as Value);
}

const joined = (parts: (string | undefined)[], make: (...texts: string[]) => string): string | undefined =>
  parts.every((part) => part !== undefined) ? make(...parts) : undefined;

function combine(parts: Made[], text: (...texts: string[]) => string, apply: (...values: Value[]) => Value): Made {
  return {
    ours: text(...parts.map((part) => part.ours)),
    cel: joined(
      parts.map((part) => part.cel),
      text,
    ),
    naive: (known, variables) => apply(...parts.map((part) => part.naive(known, variables))),
  };
}

/** Whether a calculation gave NaN since this was last false: unknown here, and a number that equals none in CEL. */
export const seen = { nan: false };

/** Unknown where one of the operands is. */
const strict =
  (apply: (...values: never[]) => Value) =>
  (...values: Value[]): Value => {
    if (values.some(unknown)) return undefined;
    const result = apply(...(values as never[]));
    if (Number.isNaN(result)) seen.nan = true;
    return unknown(result) ? undefined : result;
  };

const field = (name: string): Made => ({ ours: name, cel: name, naive: (known) => read(known, name) });

/** A macro's variable of a type; metadata's elements may be anything. */
export interface Bound {
  name: string;
  type: 'number' | 'text' | 'any';
}

export function number(random: Random, depth: number, bound: Bound[] = []): Made {
  const roll = random();
  const own = bound.filter((one) => one.type === 'number');
  if (own.length > 0 && roll < 0.3) return variable(pick(random, own));
  if (depth <= 0 || roll < 0.35) {
    if (random() < 0.5) return field(pick(random, NUMBERS));
    const value = pick(random, [0, 1, 2, 2.5, 50, 100]);
    const point = Number.isInteger(value) ? `${value}.0` : String(value);
    return { ours: random() < 0.5 ? String(value) : point, cel: point, naive: () => value };
  }
  if (roll < 0.75) {
    const op = pick(random, ['+', '-', '*', '/', '%'] as const);
    const [a, b] = [number(random, depth - 1, bound), number(random, depth - 1, bound)];
    // What is divided by zero as a literal is refused.
    const divisor =
      op === '/' || op === '%'
        ? combine(
            [b],
            (x) => `(${x} + 0.0)`,
            strict((x: number) => x + 0),
          )
        : b;
    const made = combine(
      [a, divisor],
      (x, y) => `(${x} ${op} ${y})`,
      strict((x: number, y: number) => OPERATIONS[op](x, y)),
    );
    return op === '%' ? { ...made, cel: undefined } : made;
  }
  if (roll < 0.8)
    return combine(
      [number(random, depth - 1, bound)],
      (x) => `(-${x})`,
      strict((x: number) => -x),
    );
  if (roll < 0.9) {
    const sized = text(random, depth - 1, bound);
    const made = combine(
      [sized],
      (x) => `size(${x})`,
      strict((x: string) => [...x].length),
    );
    return { ...made, cel: sized.cel && `double(size(${sized.cel}))` };
  }
  return choice(random, depth, bound, number);
}

const OPERATIONS = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
};

const variable = (of: Bound): Made => ({
  ours: of.name,
  cel: of.name,
  naive: (_known, variables) => variables[of.name] as Value,
});

export function text(random: Random, depth: number, bound: Bound[] = []): Made {
  const roll = random();
  const own = bound.filter((one) => one.type === 'text');
  if (own.length > 0 && roll < 0.3) return variable(pick(random, own));
  if (depth <= 0 || roll < 0.6) {
    if (random() < 0.6) return field(pick(random, TEXTS));
    const value = pick(random, LETTERS);
    return { ours: JSON.stringify(value), cel: JSON.stringify(value), naive: () => value };
  }
  if (roll < 0.8) {
    return combine(
      [text(random, depth - 1, bound), text(random, depth - 1, bound)],
      (x, y) => `(${x} + ${y})`,
      strict((x: string, y: string) => x + y),
    );
  }
  return choice(random, depth, bound, text);
}

function choice(random: Random, depth: number, bound: Bound[], of: typeof number): Made {
  const parts = [truth(random, depth - 1, bound), of(random, depth - 1, bound), of(random, depth - 1, bound)];
  return combine(
    parts,
    (c, a, b) => `(${c} ? ${a} : ${b})`,
    (c, a, b) => (unknown(c) ? undefined : c ? a : b),
  );
}

export function truth(random: Random, depth: number, bound: Bound[] = []): Made {
  const roll = random();
  const deeper = depth - 1;
  if (depth > 0 && roll < 0.3) {
    const and = random() < 0.5;
    const parts = Array.from({ length: random() < 0.7 ? 2 : 3 }, () => truth(random, deeper, bound));
    return combine(
      parts,
      (...all) => `(${all.join(and ? ' && ' : ' || ')})`,
      (...all) => (all.includes(!and) ? !and : all.some(unknown) ? undefined : and),
    );
  }
  if (depth > 0 && roll < 0.4)
    return combine(
      [truth(random, deeper, bound)],
      (x) => `!${x}`,
      strict((x: boolean) => !x),
    );
  if (roll < 0.55) return order(random, deeper, bound);
  if (roll < 0.7) return equality(random, deeper, bound);
  if (roll < 0.76) return presence(random);
  if (roll < 0.84) return membership(random, deeper, bound);
  if (roll < 0.9) return asked(random, deeper, bound);
  if (roll < 0.93) return listed(random, deeper, bound);
  if (depth > 0 && bound.length < 2) return macro(random, deeper, bound);
  return random() < 0.5 ? field('tx.remote') : { ours: 'true', cel: 'true', naive: () => true };
}

const points = (value: string) => [...value].map((letter) => letter.codePointAt(0)!);
function byPoints(a: string, b: string): number {
  const [x, y] = [points(a), points(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}

function order(random: Random, depth: number, bound: Bound[]): Made {
  const op = pick(random, ['<', '<=', '>', '>='] as const);
  const holds = (sign: number) => (op === '<' ? sign < 0 : op === '<=' ? sign <= 0 : op === '>' ? sign > 0 : sign >= 0);
  const write = (x: string, y: string) => `(${x} ${op} ${y})`;
  if (random() < 0.3) {
    const made = combine(
      [text(random, depth, bound), text(random, depth, bound)],
      write,
      strict((x: string, y: string) => holds(byPoints(x, y))),
    );
    // CEL's own library compares UTF-16 units: see the naive form.
    return { ...made, cel: undefined };
  }
  return combine(
    [number(random, depth, bound), number(random, depth, bound)],
    write,
    strict((x: number, y: number) => holds(x === y ? 0 : x - y)),
  );
}

const META = ['tx.metadata.n', 'tx.metadata.t', 'tx.metadata.b', 'tx.metadata.absent'];

function equality(random: Random, depth: number, bound: Bound[]): Made {
  const same = random() < 0.5;
  const write = (x: string, y: string) => `(${x} ${same ? '==' : '!='} ${y})`;
  const of = pick(random, [number, text]);
  const own = bound.filter((one) => one.type === 'any');
  const left =
    own.length > 0
      ? variable(pick(random, own))
      : random() < 0.4
        ? field(pick(random, META))
        : of(random, depth, bound);
  return combine(
    [left, of(random, depth, bound)],
    write,
    strict((x: Value, y: Value) => (x === y) === same),
  );
}

function presence(random: Random): Made {
  const name = pick(random, ['tx.country', 'tx.amountBase', 'tx.remote', 'tx.metadata']);
  return { ours: `has(${name})`, cel: `has(${name})`, naive: (known) => read(known, name) !== undefined };
}

/** A list that is written out: unknown where an element is. */
function list(random: Random, depth: number, bound: Bound[], of: typeof number): Made {
  const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => of(random, depth - 1, bound));
  return combine(
    parts,
    (...all) => `[${all.join(', ')}]`,
    strict((...all: Value[]) => all),
  );
}

const ofMetadata = field('tx.metadata.list');

/** Whether it is among them: an element that is absent is unknown, one of another type is another. */
function isIn(item: Value, among: readonly unknown[]): Value {
  if (unknown(item)) return undefined;
  return among.includes(item) ? true : among.some(unknown) ? undefined : false;
}

function membership(random: Random, depth: number, bound: Bound[]): Made {
  const of = pick(random, [number, text]);
  const among = random() < 0.3 ? ofMetadata : list(random, depth, bound, of);
  const write = (x: string, y: string) => `(${x} in ${y})`;
  return combine([of(random, depth, bound), among], write, (x, y) =>
    unknown(y) ? undefined : isIn(x, y as unknown[]),
  );
}

function asked(random: Random, depth: number, bound: Bound[]): Made {
  const name = pick(random, ['contains', 'startsWith', 'endsWith'] as const);
  const methods = {
    contains: (x: string, y: string) => x.includes(y),
    startsWith: (x: string, y: string) => x.startsWith(y),
    endsWith: (x: string, y: string) => x.endsWith(y),
  };
  return combine(
    [text(random, depth, bound), text(random, depth, bound)],
    (x, y) => `(${x}).${name}(${y})`,
    strict(methods[name]),
  );
}

function listed(random: Random, depth: number, bound: Bound[]): Made {
  const part = text(random, depth, bound);
  return {
    ours: `inList("named", ${part.ours})`,
    cel: undefined,
    naive: (known, variables) => strict((x: string) => known.named.has(x))(part.naive(known, variables)),
  };
}

function macro(random: Random, depth: number, bound: Bound[]): Made {
  const name = pick(random, ['all', 'exists'] as const);
  const kind = pick(random, ['number', 'text', 'any'] as const);
  const own: Bound = { name: `v${bound.length}`, type: kind };
  const over = kind === 'any' ? ofMetadata : list(random, depth, bound, kind === 'number' ? number : text);
  const body = truth(random, depth, [...bound, own]);
  const decisive = name === 'exists';
  const write = (x: string, y: string) => `${x}.${name}(${own.name}, ${y})`;
  return {
    ours: write(over.ours, body.ours),
    cel: joined([over.cel, body.cel], write),
    naive: (known, variables) => {
      const elements = over.naive(known, variables);
      if (unknown(elements)) return undefined;
      const all = (elements as unknown[]).map((one) =>
        body.naive(known, { ...variables, [own.name]: unknown(one) ? undefined : one }),
      );
      return all.includes(decisive) ? decisive : all.some(unknown) ? undefined : !decisive;
    },
  };
}
