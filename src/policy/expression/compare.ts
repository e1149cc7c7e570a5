import type { ASTNode } from '@marcbachmann/cel-js';
import { type Builder, fault, type Scope } from './builder.ts';
import { type Code, type NumberCode, REFUSED, typeWords } from './code.ts';
import type { Facts } from './facts.ts';
import { MAX_ELEMENTS, sameValue } from './same.ts';
import { FALSE, TRUE, type Truth, truthOf, UNKNOWN } from './truth.ts';
import { asNumber, asText, kindOf } from './values.ts';

export type Ordering = '<' | '<=' | '>' | '>=';

/** `<` and its like: numbers, texts (by code points), times, durations. */
export function buildOrdering(builder: Builder, node: ASTNode, scope: Scope, op: Ordering): Code {
  const [left, right] = (node.args as [ASTNode, ASTNode]).map((part) => builder.build(part, scope));
  if (left.type === 'refused' || right.type === 'refused') return REFUSED;
  const cost = left.cost + right.cost + 1;
  if (left.type === 'any' && right.type === 'any') {
    const [a, b] = [left.run, right.run];
    return { type: 'bool', cost: cost + 2, run: (facts) => orderAny(facts, a(facts), b(facts), op) };
  }
  const type = left.type === 'any' ? right.type : left.type;
  if (right.type !== 'any' && right.type !== type) return mismatch(builder, node, left, op, right);
  const [from, to] = (node.args as [ASTNode, ASTNode]).map((part) => part.range);
  if (type === 'text') {
    const a = asText(builder, left, from, op);
    const b = asText(builder, right, to, op);
    if (a === undefined || b === undefined) return REFUSED;
    return { type: 'bool', cost: cost + 8, run: (facts) => orderTexts(a.run(facts), b.run(facts), op) };
  }
  if (type === 'number') {
    const a = asNumber(builder, left, from, op);
    const b = asNumber(builder, right, to, op);
    if (a === undefined || b === undefined) return REFUSED;
    const slot = a.read !== undefined && 'slot' in a.read ? a.read.slot : undefined;
    const guard = slot !== undefined && typeof b.literal === 'number' ? { guard: { slot, op, limit: b.literal } } : {};
    return { type: 'bool', cost, run: order(a, b, op), ...guard };
  }
  if ((type === 'time' || type === 'duration') && left.type === type && right.type === type) {
    return { type: 'bool', cost, run: order(left, right, op) };
  }
  return builder.refuse(node, `${op} compares numbers, texts, times or durations, and this is ${typeWords(type)}.`);
}

function order(left: NumberCode, right: NumberCode, op: Ordering): (facts: Facts) => Truth {
  const [a, b] = [left.run, right.run];
  // A constant is the usual case: no second call, and it is never NaN.
  if (typeof right.literal === 'number') return orderConstant(left, right.literal, op);
  return (facts) => {
    const x = a(facts);
    const y = b(facts);
    return orderNumbers(x, y, op);
  };
}

function orderConstant({ run, read }: NumberCode, limit: number, op: Ordering): (facts: Facts) => Truth {
  const equal: Truth = op === '<' || op === '>' ? FALSE : TRUE;
  const [above, below]: [Truth, Truth] = op === '>' || op === '>=' ? [TRUE, FALSE] : [FALSE, TRUE];
  if (read !== undefined && 'slot' in read) {
    const { slot } = read;
    return (facts) => {
      const value = facts.values[slot];
      return value > limit ? above : value < limit ? below : value === limit ? equal : UNKNOWN;
    };
  }
  if (read !== undefined) {
    const { field } = read;
    return (facts) => {
      const value = facts.tx[field];
      if (typeof value !== 'number') return UNKNOWN;
      return value > limit ? above : value < limit ? below : value === limit ? equal : UNKNOWN;
    };
  }
  return (facts) => {
    const value = run(facts);
    return value > limit ? above : value < limit ? below : value === limit ? equal : UNKNOWN;
  };
}

function orderNumbers(x: number, y: number, op: Ordering): Truth {
  if (Number.isNaN(x) || Number.isNaN(y)) return UNKNOWN;
  return truthOf(op === '<' ? x < y : op === '<=' ? x <= y : op === '>' ? x > y : x >= y);
}

function orderTexts(x: string | undefined, y: string | undefined, op: Ordering): Truth {
  return x === undefined || y === undefined ? UNKNOWN : orderNumbers(byCodePoints(x, y), 0, op);
}

function orderAny(facts: Facts, x: unknown, y: unknown, op: Ordering): Truth {
  if (x === undefined || y === undefined) return UNKNOWN;
  if (typeof x === 'number' && typeof y === 'number') return orderNumbers(x, y, op);
  if (typeof x === 'string' && typeof y === 'string') return orderTexts(x, y, op);
  fault(facts, `${op} cannot compare ${kindOf(x)} with ${kindOf(y)}`);
  return UNKNOWN;
}

/** Texts in the order of their code points; UTF-16 units would put 😀 before U+FFFF. */
export function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) {
      const at = i > 0 && isHigh(a.charCodeAt(i - 1)) ? i - 1 : i;
      return a.codePointAt(at)! - b.codePointAt(at)!;
    }
  }
  return a.length - b.length;
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00;

/** `==` and `!=`: the same type on both sides, or a value of metadata, which is unequal where its type is another. */
export function buildEquality(builder: Builder, node: ASTNode, scope: Scope, op: '==' | '!='): Code {
  const [left, right] = (node.args as [ASTNode, ASTNode]).map((part) => builder.build(part, scope));
  if (left.type === 'refused' || right.type === 'refused') return REFUSED;
  const cost = left.cost + right.cost + 1;
  const [yes, no]: [Truth, Truth] = op === '==' ? [TRUE, FALSE] : [FALSE, TRUE];
  if (left.type === 'any' || right.type === 'any' || left.type === 'list' || right.type === 'list') {
    if (left.type !== right.type && left.type !== 'any' && right.type !== 'any')
      return mismatch(builder, node, left, op, right);
    const [a, b] = [left, right].map((code) => code.run);
    const [boolA, boolB] = [left.type === 'bool', right.type === 'bool'];
    return {
      type: 'bool',
      cost: cost + (listLike(left) && listLike(right) ? 2 * MAX_ELEMENTS : 4),
      run: (facts) => {
        const same = sameValue(facts, plain(a(facts), boolA), plain(b(facts), boolB));
        return same === UNKNOWN ? UNKNOWN : same === TRUE ? yes : no;
      },
    };
  }
  if (left.type !== right.type) return mismatch(builder, node, left, op, right);
  if (left.type === 'text' && right.type === 'text') {
    const [a, b] = [left.run, right.run];
    return {
      type: 'bool',
      cost: cost + 4,
      run: (facts) => {
        const x = a(facts);
        const y = b(facts);
        return x === undefined || y === undefined ? UNKNOWN : x === y ? yes : no;
      },
    };
  }
  const a = left.run as (facts: Facts) => number;
  const b = right.run as (facts: Facts) => number;
  const unknown = left.type === 'bool' ? UNKNOWN : Number.NaN;
  return {
    type: 'bool',
    cost,
    run: (facts) => {
      const x = a(facts);
      const y = b(facts);
      if (Object.is(x, unknown) || Object.is(y, unknown)) return UNKNOWN;
      return x === y ? yes : no;
    },
  };
}

const listLike = (code: Code) => code.type === 'any' || code.type === 'list';

/** A truth's code as the value that metadata would have. */
export const plain = (value: unknown, isBool: boolean): unknown =>
  isBool ? (value === UNKNOWN ? undefined : value === TRUE) : value;

function mismatch(builder: Builder, node: ASTNode, left: Code, op: string, right: Code): Code {
  return builder.refuse(
    node,
    `${op} compares values of one type, and these are ${typeWords(left.type)} and ${typeWords(right.type)}.`,
  );
}
