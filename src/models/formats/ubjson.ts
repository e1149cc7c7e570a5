/**
 * Reads UBJSON, the binary form of JSON of ubjson.org (draft 12), as XGBoost writes it: objects, strings, numbers, and
 * arrays with or without a type and a count.
 */
import { refusal } from './foreign.ts';

/** Nested deeper than this, a file is not a model. */
const DEEPEST = 64;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const WIDTHS: Record<string, number> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };

/** Throws `invalid_request` where the bytes end early or a marker is not known. */
export function readUbjson(bytes: Uint8Array): Json {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = 0;
  const bad = (what: string) => refusal('UBJSON', `${what} at byte ${at}`);

  function marker(): string {
    if (at >= bytes.length) throw bad('the file ends early');
    return String.fromCharCode(bytes[at++]);
  }

  function number(type: string): number {
    const from = at;
    const width = WIDTHS[type];
    if (width === undefined) throw bad(`"${type}" is not a number`);
    if (from + width > bytes.length) throw bad('the file ends early');
    at += width;
    switch (type) {
      case 'i':
        return view.getInt8(from);
      case 'U':
        return view.getUint8(from);
      case 'I':
        return view.getInt16(from);
      case 'l':
        return view.getInt32(from);
      case 'L':
        return Number(view.getBigInt64(from));
      case 'd':
        return view.getFloat32(from);
      default:
        return view.getFloat64(from);
    }
  }

  function length(): number {
    const n = number(marker());
    // Every element takes a byte at least, but for the empty types, which no model needs by the million.
    if (!(n >= 0 && n <= bytes.length)) throw bad(`a length of ${n}`);
    return n;
  }

  function text(): string {
    const n = length();
    if (at + n > bytes.length) throw bad('the file ends early');
    at += n;
    return decoder.decode(bytes.subarray(at - n, at));
  }

  function value(type: string, depth: number): Json {
    if (depth > DEEPEST) throw bad('nested too deep');
    switch (type) {
      case 'Z':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'C':
        return marker();
      case 'S':
        return text();
      case '[':
        return array(depth);
      case '{':
        return object(depth);
      default:
        return number(type);
    }
  }

  /** `$` type and `#` count, each optional, after an opening bracket. */
  function container(): { type?: string; count?: number } {
    let type: string | undefined;
    if (bytes[at] === 0x24) {
      at++;
      type = marker();
    }
    if (bytes[at] !== 0x23) {
      if (type !== undefined) throw bad('a typed container needs a count');
      return {};
    }
    at++;
    return { type, count: length() };
  }

  function array(depth: number): Json[] {
    const { type, count } = container();
    const list: Json[] = [];
    if (count !== undefined) {
      for (let i = 0; i < count; i++) list.push(value(type ?? marker(), depth + 1));
      return list;
    }
    for (let next = marker(); next !== ']'; next = marker()) list.push(value(next, depth + 1));
    return list;
  }

  function object(depth: number): { [key: string]: Json } {
    const { type, count } = container();
    const entries: [string, Json][] = [];
    for (let i = 0; count === undefined ? bytes[at] !== 0x7d : i < count; i++) {
      const key = text();
      entries.push([key, value(type ?? marker(), depth + 1)]);
    }
    if (count === undefined) at++;
    // Own properties only, "__proto__" included.
    return Object.fromEntries(entries);
  }

  return value(marker(), 0);
}
