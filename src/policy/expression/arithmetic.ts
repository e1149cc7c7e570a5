import type { ASTNode } from '@marcbachmann/cel-js';
import type { Builder, Scope } from './builder.ts';
import { type Code, REFUSED, typeWords } from './code.ts';
import type { Facts } from './facts.ts';
import { asNumber, asText } from './values.ts';

export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/**
 * Numbers by IEEE 754: a division by zero is infinite, and 0/0 is NaN, which is unknown. `%` has the sign of its left side.
 * Texts are joined by `+`; times and durations add and subtract as CEL has it.
 */
export function buildArithmetic(builder: Builder, node: ASTNode, scope: Scope, op: Arithmetic): Code {
  const [from, to] = node.args as [ASTNode, ASTNode];
  const left = builder.build(from, scope);
  const right = builder.build(to, scope);
  if (left.type === 'refused' || right.type === 'refused') return REFUSED;
  if (op === '+' && (left.type === 'text' || right.type === 'text')) return join(builder, node, left, right);
  const moment = timeType(left.type, op, right.type);
  if (moment !== undefined) {
    const [a, b] = [left, right] as Extract<Code, { type: 'time' | 'duration' }>[];
    return { type: moment, cost: left.cost + right.cost + 1, run: operate(a.run, b.run, op) };
  }
  const operable = (code: Code) => code.type === 'number' || code.type === 'any';
  if (!operable(left) || !operable(right))
    return builder.refuse(node, `${op} does not take ${typeWords(left.type)} and ${typeWords(right.type)}.`);
  if (to.op === 'value' && to.args === 0n && (op === '/' || op === '%'))
    return builder.refuse(to, `A division (${op}) by zero.`);
  const a = asNumber(builder, left, from.range, op);
  const b = asNumber(builder, right, to.range, op);
  if (a === undefined || b === undefined) return REFUSED;
  const run = operate(a.run, b.run, op);
  const constant = typeof a.literal === 'number' && typeof b.literal === 'number';
  const literal = constant
    ? operate(
        () => a.literal as number,
        () => b.literal as number,
        op,
      )({} as Facts)
    : Number.NaN;
  return { type: 'number', cost: a.cost + b.cost + 1, run, ...(Number.isNaN(literal) ? {} : { literal }) };
}

function operate(a: (facts: Facts) => number, b: (facts: Facts) => number, op: Arithmetic): (facts: Facts) => number {
  if (op === '+') return (facts) => a(facts) + b(facts);
  if (op === '-') return (facts) => a(facts) - b(facts);
  if (op === '*') return (facts) => a(facts) * b(facts);
  if (op === '/') return (facts) => a(facts) / b(facts);
  return (facts) => a(facts) % b(facts);
}

function timeType(left: Code['type'], op: Arithmetic, right: Code['type']): 'time' | 'duration' | undefined {
  if (left === 'time' && right === 'duration' && (op === '+' || op === '-')) return 'time';
  if (left === 'duration' && right === 'time' && op === '+') return 'time';
  if (left === 'time' && right === 'time' && op === '-') return 'duration';
  return left === 'duration' && right === 'duration' && (op === '+' || op === '-') ? 'duration' : undefined;
}

function join(builder: Builder, node: ASTNode, left: Code, right: Code): Code {
  const [from, to] = node.args as [ASTNode, ASTNode];
  const a = asText(builder, left, from.range, '+');
  const b = asText(builder, right, to.range, '+');
  if (a === undefined || b === undefined) return REFUSED;
  return {
    type: 'text',
    cost: a.cost + b.cost + 8,
    run: (facts) => {
      const x = a.run(facts);
      const y = b.run(facts);
      return x === undefined || y === undefined ? undefined : x + y;
    },
  };
}

export function buildNegative(builder: Builder, node: ASTNode, scope: Scope): Code {
  const operand = node.args as ASTNode;
  const code = asNumber(builder, builder.build(operand, scope), operand.range, '-');
  if (code === undefined) return REFUSED;
  const { run } = code;
  const literal = typeof code.literal === 'number' ? { literal: -code.literal } : {};
  return { type: 'number', cost: code.cost + 1, run: (facts) => -run(facts), ...literal };
}
