import type { ASTNode } from '@marcbachmann/cel-js';
import { type Builder, fault, type Scope } from './builder.ts';
import { type Code, REFUSED, typeWords } from './code.ts';
import type { Facts } from './facts.ts';
import type { CONVERSIONS } from './functions.ts';
import { literalText } from './literal.ts';
import { parseDuration, parseTimestamp } from './times.ts';
import { kindOf } from './values.ts';

type Conversion = (typeof CONVERSIONS)[number];

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** `double("3.5")`, `int(3.7)` (towards zero), `string(4)`; times and durations are literals. What cannot be converted is a fault. */
export function buildConversion(
  builder: Builder,
  node: ASTNode,
  scope: Scope,
  name: Conversion,
  parts: ASTNode[],
): Code {
  if (parts.length !== 1) return builder.refuse(node, `${name} takes one argument.`);
  if (name === 'timestamp' || name === 'duration') return moment(builder, parts[0], name);
  const code = builder.build(parts[0], scope);
  if (code.type === 'refused') return REFUSED;
  if (
    code.type !== 'number' &&
    code.type !== 'text' &&
    code.type !== 'any' &&
    !(name === 'string' && code.type === 'bool')
  ) {
    return builder.refuse(parts[0], `${name} cannot convert ${typeWords(code.type)}.`);
  }
  const { run } = code;
  const read = code.type === 'bool' ? (facts: Facts) => [false, true, undefined][run(facts) as number] : run;
  const cost = code.cost + 20;
  if (name === 'string') return { type: 'text', cost, run: (facts) => toText(facts, read(facts)) };
  if (name === 'double') return { type: 'number', cost, run: (facts) => toNumber(facts, read(facts)) };
  return { type: 'number', cost, run: (facts) => toWhole(facts, read(facts)) };
}

function toText(facts: Facts, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : String(value);
  if (typeof value === 'boolean') return String(value);
  fault(facts, `string cannot convert ${kindOf(value)}`);
  return undefined;
}

function toNumber(facts: Facts, value: unknown): number {
  if (value === undefined) return Number.NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.length < 64 && NUMBER.test(value)) return Number(value);
  fault(
    facts,
    typeof value === 'string' ? 'double cannot read this text as a number' : `double cannot convert ${kindOf(value)}`,
  );
  return Number.NaN;
}

function toWhole(facts: Facts, value: unknown): number {
  if (typeof value === 'string' && !/^[+-]?\d{1,16}$/.test(value)) {
    fault(facts, 'int cannot read this text as a whole number');
    return Number.NaN;
  }
  const whole = Math.trunc(toNumber(facts, value)) + 0;
  if (Number.isNaN(whole) || Number.isSafeInteger(whole)) return whole;
  fault(facts, 'int has no whole number as large as that');
  return Number.NaN;
}

function moment(builder: Builder, part: ASTNode, name: 'timestamp' | 'duration'): Code {
  const text = literalText(part);
  if (text === undefined) return builder.refuse(part, `${name} takes a text in quotes.`);
  const value = name === 'timestamp' ? parseTimestamp(text) : parseDuration(text);
  if (value === undefined) {
    const example =
      name === 'timestamp'
        ? 'a time with its zone, such as "2026-01-31T12:00:00Z"'
        : 'a duration, such as "1h30m" or "90s"';
    return builder.refuse(part, `${name} takes ${example}.`);
  }
  return { type: name === 'timestamp' ? 'time' : 'duration', cost: 0, literal: value, run: () => value };
}
