import { type Builder, fault } from './builder.ts';
import { type BoolCode, type Code, type NumberCode, type TextCode, typeWords } from './code.ts';
import type { Facts } from './facts.ts';
import type { Range } from './issue.ts';
import { type Truth, truthOf, UNKNOWN } from './truth.ts';

/**
 * A part as the type that its place needs. A value of metadata is looked at when it is there: one of another type is a fault.
 * Undefined after a refusal.
 */
export function asNumber(builder: Builder, code: Code, at: Range, what: string): NumberCode | undefined {
  if (code.type === 'number') return code;
  if (code.type === 'any')
    return { ...code, literal: undefined, cost: code.cost + 1, run: numberOfAny(code.run, what) };
  return wrong(builder, code, at, what, 'a number');
}

export function asText(builder: Builder, code: Code, at: Range, what: string): TextCode | undefined {
  if (code.type === 'text') return code;
  if (code.type !== 'any') return wrong(builder, code, at, what, 'a text');
  const { run } = code;
  return {
    type: 'text',
    cost: code.cost + 1,
    run: (facts) => {
      const value = run(facts);
      if (typeof value === 'string' || value === undefined) return value as string | undefined;
      fault(facts, `${what} needs a text, and metadata has ${kindOf(value)}`);
      return undefined;
    },
  };
}

export function asBool(builder: Builder, code: Code, at: Range, what: string): BoolCode | undefined {
  if (code.type === 'bool') return code;
  if (code.type !== 'any') return wrong(builder, code, at, what, 'true or false');
  const { run } = code;
  return {
    type: 'bool',
    cost: code.cost + 1,
    run: (facts): Truth => {
      const value = run(facts);
      if (typeof value === 'boolean') return truthOf(value);
      if (value !== undefined) fault(facts, `${what} needs true or false, and metadata has ${kindOf(value)}`);
      return UNKNOWN;
    },
  };
}

function numberOfAny(run: (facts: Facts) => unknown, what: string): (facts: Facts) => number {
  return (facts) => {
    const value = run(facts);
    if (typeof value === 'number') return value;
    if (value !== undefined) fault(facts, `${what} needs a number, and metadata has ${kindOf(value)}`);
    return Number.NaN;
  };
}

function wrong(builder: Builder, code: Code, at: Range, what: string, needs: string): undefined {
  if (code.type !== 'refused') builder.refuse(at, `${what} needs ${needs}, and this is ${typeWords(code.type)}.`);
  return undefined;
}

/** The kind of a value of metadata, in words. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a text' : typeof value === 'number' ? 'a number' : 'true or false';
}

/** A value as element of metadata: null is absence, and so is NaN, which JSON cannot say. */
export const present = (value: unknown): unknown => (value === null || Number.isNaN(value) ? undefined : value);
