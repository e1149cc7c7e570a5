import { type Builder, fault } from './builder.ts';
import { type Code, type NumberCode, REFUSED, type TextCode, typeWords } from './code.ts';
import * as points from './code-points.ts';
import type { Facts } from './facts.ts';
import type { LIST_METHODS, TEXT_METHODS } from './functions.ts';
import type { Range } from './issue.ts';
import { buildMatches } from './matches.ts';
import type { MethodCall } from './method.ts';
import { MAX_ELEMENTS } from './same.ts';
import { type Truth, truthOf, UNKNOWN } from './truth.ts';
import { asNumber, asText, kindOf } from './values.ts';

/** UTF-16 units of a text that functions look at: a longer one is a fault, so that what a client sends cannot be slow. */
export const MAX_TEXT = 4096;
const COST = 40;

type Name = (typeof TEXT_METHODS)[number];

const ASKED: Record<'contains' | 'startsWith' | 'endsWith', (text: string, part: string) => boolean> = {
  contains: (text, part) => text.includes(part),
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
};
const MADE: Record<'lowerAscii' | 'upperAscii' | 'trim', (text: string) => string> = {
  lowerAscii: (text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  upperAscii: (text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  trim: points.trim,
};

export function buildTextMethod(builder: Builder, call: MethodCall<Name>): Code {
  const { name, object, target, parts, at } = call;
  const text = bounded(builder, object, target.range, name);
  if (text === undefined) return REFUSED;
  if (name === 'matches') return buildMatches(builder, text, parts, at);
  if (name === 'contains' || name === 'startsWith' || name === 'endsWith') return ask(builder, call, text, ASKED[name]);
  if (name === 'lowerAscii' || name === 'upperAscii' || name === 'trim') return make(builder, call, text, MADE[name]);
  if (name === 'indexOf' || name === 'lastIndexOf') return find(builder, call, text);
  if (name === 'split') return split(builder, call, text);
  return cut(builder, call, text);
}

/** A text no longer than functions look at. */
function bounded(builder: Builder, code: Code, at: Range, what: string): TextCode | undefined {
  const text = asText(builder, code, at, what);
  if (text === undefined || text.literal !== undefined) return text;
  const { run } = text;
  return {
    ...text,
    run: (facts) => {
      const value = run(facts);
      if (value === undefined || value.length <= MAX_TEXT) return value;
      fault(facts, `${what} looks at texts of at most ${MAX_TEXT} characters`);
      return undefined;
    },
  };
}

function textPart(builder: Builder, { parts, scope, name }: MethodCall<string>, i: number): TextCode | undefined {
  return bounded(builder, builder.build(parts[i], scope), parts[i].range, name);
}

function numberPart(builder: Builder, { parts, scope, name }: MethodCall<string>, i: number): NumberCode | undefined {
  return asNumber(builder, builder.build(parts[i], scope), parts[i].range, name);
}

function ask(
  builder: Builder,
  call: MethodCall<string>,
  text: TextCode,
  test: (text: string, part: string) => boolean,
): Code {
  if (call.parts.length !== 1) return builder.refuse(call.at, `It is text.${call.name}(text).`);
  const part = textPart(builder, call, 0);
  if (part === undefined) return REFUSED;
  const cost = text.cost + part.cost + COST;
  const run = (facts: Facts): Truth => {
    const a = text.run(facts);
    const b = part.run(facts);
    return a === undefined || b === undefined ? UNKNOWN : truthOf(test(a, b));
  };
  return { type: 'bool', cost, run };
}

function make(builder: Builder, call: MethodCall<string>, text: TextCode, change: (text: string) => string): Code {
  if (call.parts.length !== 0) return builder.refuse(call.at, `${call.name} takes no argument.`);
  const run = (facts: Facts) => {
    const value = text.run(facts);
    return value === undefined ? undefined : change(value);
  };
  return { type: 'text', cost: text.cost + COST * 4, run };
}

function find(builder: Builder, call: MethodCall<string>, text: TextCode): Code {
  const { parts, name, at } = call;
  if (parts.length < 1 || parts.length > 2) return builder.refuse(at, `It is text.${name}(text[, number]).`);
  const part = textPart(builder, call, 0);
  const from = parts.length === 2 ? numberPart(builder, call, 1) : undefined;
  if (part === undefined || (parts.length === 2 && from === undefined)) return REFUSED;
  const search = name === 'indexOf' ? points.indexOf : points.lastIndexOf;
  const run = (facts: Facts) => {
    const a = text.run(facts);
    const b = part.run(facts);
    const offset = from?.run(facts);
    if (a === undefined || b === undefined || Number.isNaN(offset)) return Number.NaN;
    const found = search(a, b, offset);
    if (found === undefined) fault(facts, `${name} has no place ${offset} in a text of ${points.length(a)} characters`);
    return found ?? Number.NaN;
  };
  return { type: 'number', cost: text.cost + part.cost + (from?.cost ?? 0) + COST * 100, run };
}

function cut(builder: Builder, call: MethodCall<string>, text: TextCode): Code {
  const { parts, name, at } = call;
  const most = name === 'charAt' ? 1 : 2;
  if (parts.length < 1 || parts.length > most)
    return builder.refuse(at, `It is text.${name}(number${most === 2 ? '[, number]' : ''}).`);
  const numbers = parts.map((_, i) => numberPart(builder, call, i));
  if (!numbers.every((one) => one !== undefined)) return REFUSED;
  const [first, last] = numbers;
  const run = (facts: Facts) => {
    const value = text.run(facts);
    const from = first.run(facts);
    const to = last?.run(facts);
    if (value === undefined || Number.isNaN(from) || Number.isNaN(to)) return undefined;
    const piece = name === 'charAt' ? points.charAt(value, from) : points.substring(value, from, to);
    if (piece === undefined) fault(facts, `${name} has no such place in a text of ${points.length(value)} characters`);
    return piece;
  };
  return { type: 'text', cost: text.cost + first.cost + (last?.cost ?? 0) + COST * 8, run };
}

function split(builder: Builder, call: MethodCall<string>, text: TextCode): Code {
  if (call.parts.length !== 1) return builder.refuse(call.at, 'It is text.split(text).');
  const part = textPart(builder, call, 0);
  if (part === undefined) return REFUSED;
  const run = (facts: Facts) => {
    const a = text.run(facts);
    const b = part.run(facts);
    if (a === undefined || b === undefined) return undefined;
    const pieces = b === '' ? points.characters(a) : a.split(b, MAX_ELEMENTS + 1);
    if (pieces.length <= MAX_ELEMENTS) return pieces;
    fault(facts, `split makes more than ${MAX_ELEMENTS} pieces`);
    return undefined;
  };
  return { type: 'list', of: 'text', cost: text.cost + part.cost + COST * 8, run };
}

export function buildJoin(builder: Builder, call: MethodCall<(typeof LIST_METHODS)[number]>): Code {
  const { object, parts, target, at } = call;
  if (object.type !== 'list' || object.of !== 'text') return builder.refuse(target, 'join needs a list of texts.');
  if (parts.length > 1) return builder.refuse(at, 'It is list.join([text]).');
  const between = parts.length === 1 ? textPart(builder, call, 0) : undefined;
  if (parts.length === 1 && between === undefined) return REFUSED;
  const run = (facts: Facts) => {
    const list = object.run(facts);
    const glue = between === undefined ? '' : between.run(facts);
    if (list === undefined || glue === undefined) return undefined;
    if (glue.length * list.length <= MAX_TEXT) return list.join(glue);
    fault(facts, `join makes more than ${MAX_TEXT} characters`);
    return undefined;
  };
  return { type: 'text', cost: object.cost + (between?.cost ?? 0) + COST * 4, run };
}

/** Code points of a text, elements of a list, members of an object. */
export function buildSize(builder: Builder, node: { range: Range }, object: Code): Code {
  if (object.type === 'refused') return REFUSED;
  if (object.type === 'list') {
    const { run } = object;
    return { type: 'number', cost: object.cost + 1, run: (facts) => run(facts)?.length ?? Number.NaN };
  }
  if (object.type !== 'text' && object.type !== 'any')
    return builder.refuse(node.range, `size needs a text or a list, and this is ${typeWords(object.type)}.`);
  const { run } = object;
  return {
    type: 'number',
    cost: object.cost + COST,
    run: (facts) => {
      const value = run(facts);
      if (value === undefined) return Number.NaN;
      if (typeof value === 'string') return points.length(value);
      if (Array.isArray(value)) return value.length;
      if (typeof value === 'object') return Object.keys(value as object).length;
      fault(facts, `size needs a text or a list, and metadata has ${kindOf(value)}`);
      return Number.NaN;
    },
  };
}
