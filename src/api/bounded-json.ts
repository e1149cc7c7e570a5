import { setImmediate as breathe } from 'node:timers/promises';
import { refusal } from '../intake/faults.ts';
import type { ObjectSchema } from '../intake/shape.ts';

/** How much of a body its schema can want at all. */
export interface Bounds {
  /** `maxItems` of the arrays that the body itself names. */
  items: ReadonlyMap<string, number>;
  /** Objects, arrays and scalars together. */
  values: number;
}

/** Longer ones are counted before anything is built from them. */
const COUNTED_BYTES = 2_048;
/** Longer ones are read in turns, so that others need not wait. */
const TURN_BYTES = 256 * 1024;
const MAX_DEPTH = 64;
const LEAST_VALUES = 5_000;
const MOST_VALUES = 4_000_000;
/** Of an array or an object whose schema does not say. */
const UNSAID = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

export function boundsOf(schema: ObjectSchema | undefined): Bounds {
  const items = new Map<string, number>();
  for (const [name, { maxItems }] of Object.entries(schema?.properties ?? {}))
    if (maxItems !== undefined) items.set(name, maxItems);
  return { items, values: Math.min(MOST_VALUES, Math.max(LEAST_VALUES, schema ? valuesOf(schema) : 0)) };
}

function valuesOf({ items, maxItems = UNSAID, properties, anyOf, additionalProperties }: ObjectSchema): number {
  if (anyOf) return Math.max(...anyOf.map(valuesOf));
  if (items) return 1 + maxItems * valuesOf(items);
  const inner = Object.values(properties ?? {}).reduce((sum, property) => sum + valuesOf(property), 0);
  const others = typeof additionalProperties === 'object' ? UNSAID * valuesOf(additionalProperties as ObjectSchema) : 0;
  return 1 + inner + (properties || others ? Math.max(others, UNSAID) : 0);
}

/** Reads a text, or a part of one that stands at this JSON pointer, counted from this item. Throws SyntaxError. */
export type Parse = (text: string, at?: { pointer: string; first: number }) => unknown;

/**
 * Reads a body by `parse`. A long one is counted first: one of more items, values or depth than fit is refused before anything is
 * built from it. Then the items of its longest array are read a part at a time.
 */
export function readBounded(body: Buffer, bounds: Bounds, parse: Parse): unknown | Promise<unknown> {
  return body.length <= COUNTED_BYTES ? parse(body.toString('utf8')) : readLong(body, bounds, parse);
}

/** Of an array that was refused: how many items would have fit. */
const refusedItems = new WeakMap<object, number>();
export const itemsRefused = (error: object): number => refusedItems.get(error) ?? 0;

async function readLong(body: Buffer, bounds: Bounds, parse: Parse): Promise<unknown> {
  const counted = counter(body, bounds);
  for (let end = TURN_BYTES; !counted.until(end); end += TURN_BYTES) await breathe();
  if (counted.refused) {
    const { path, message, items = 0 } = counted.refused;
    const error = refusal([{ path, message }]);
    refusedItems.set(error, items);
    throw error;
  }
  const { longest, isTwice } = counted;
  if (body.length <= TURN_BYTES || longest === undefined || isTwice) return parse(body.toString('utf8'));
  return readInTurns(body, longest, parse);
}

/** An array that the body names, by where its items begin and end. */
interface Span {
  name: string;
  /** Of its opening and its closing bracket. */
  from: number;
  to: number;
  /** Of the commas between its items. */
  commas: number[];
}

interface Refused {
  path: string;
  message: string;
  items?: number;
}

interface Counter {
  refused: Refused | undefined;
  longest: Span | undefined;
  /** The longest's name came again: of two, JSON means the last. */
  isTwice: boolean;
  /** Counts on up to this byte, or a little beyond; whether all is counted or the body is refused. */
  until(end: number): boolean;
}

/** What is not JSON is counted somehow: reading it tells that it is none. */
function counter(body: Buffer, { items, values: most }: Bounds): Counter {
  let at = 0;
  let depth = 0;
  let values = 1;
  let name = '';
  let span: Span | undefined;
  let limit: number | undefined;
  const found: Counter = { refused: undefined, longest: undefined, isTwice: false, until };

  function until(end: number): boolean {
    for (; at < body.length && at < end; at++) {
      const byte = body[at];
      if (byte === QUOTE) at = string(at);
      else if (byte === COMMA) {
        values++;
        if (depth === 2 && span !== undefined) next(span);
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) open(byte);
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) close();
      else continue;
      if (values > most) found.refused = { path: '', message: `must hold at most ${most} values` };
      if (found.refused) return true;
    }
    return at >= body.length;
  }

  /** Where the text that begins here ends. A name of the body itself is kept. */
  function string(from: number): number {
    let to = body.indexOf(QUOTE, from + 1);
    while (to !== -1 && escaped(to)) to = body.indexOf(QUOTE, to + 1);
    if (to === -1) return body.length;
    if (depth === 1 && to - from < 256) {
      let after = to + 1;
      while (after < body.length && body[after] <= 0x20) after++;
      if (body[after] === COLON) named(body.toString('utf8', from, to + 1));
    }
    return to;
  }

  function named(quoted: string): void {
    name = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
    if (name === found.longest?.name) found.isTwice = true;
  }

  function escaped(quote: number): boolean {
    let first = quote;
    while (body[first - 1] === BACKSLASH) first--;
    return (quote - first) % 2 === 1;
  }

  function open(byte: number): void {
    values++;
    depth++;
    if (depth > MAX_DEPTH) found.refused = { path: '', message: `must not be nested deeper than ${MAX_DEPTH} levels` };
    if (depth !== 2) return;
    span = byte === OPEN_ARRAY ? { name, from: at, to: at, commas: [] } : undefined;
    limit = items.get(name);
  }

  function next(array: Span): void {
    array.commas.push(at);
    if (limit !== undefined && array.commas.length >= limit)
      found.refused = { path: `/${array.name}`, message: `must hold at most ${limit} items`, items: limit };
  }

  function close(): void {
    if (depth === 2 && span) {
      span.to = at;
      if (body[at] === CLOSE_ARRAY && span.commas.length > (found.longest?.commas.length ?? 0)) found.longest = span;
      span = undefined;
    }
    depth--;
  }
  return found;
}

async function readInTurns(body: Buffer, { name, from, to, commas }: Span, parse: Parse): Promise<unknown> {
  const around = parse(`${body.toString('utf8', 0, from)}[]${body.toString('utf8', to + 1)}`) as Record<
    string,
    unknown
  >;
  const rows: unknown[] = [];
  for (let first = 0, start = from + 1; first <= commas.length; ) {
    let last = first;
    while (last < commas.length && commas[last] - start < TURN_BYTES) last++;
    const end = last < commas.length ? commas[last] : to;
    const text = `[${body.toString('utf8', start, end)}]`;
    const part = parse(text, { pointer: `/${name}`, first }) as unknown[];
    // As many as there are commas: else one stood where none may stand.
    if (part.length !== last - first + 1) throw new SyntaxError(`an item of ${name} is missing`);
    for (const row of part) rows.push(row);
    first = last + 1;
    start = end + 1;
    await breathe();
  }
  around[name] = rows;
  return around;
}

function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted;
  }
}
