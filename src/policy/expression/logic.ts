import type { ASTNode } from '@marcbachmann/cel-js';
import type { Builder, Scope } from './builder.ts';
import { type BoolCode, type Code, REFUSED } from './code.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';
import { asBool, asNumber, asText } from './values.ts';

/** `a && b && c` as one closure over its parts: false as soon as one is, unknown if one was. */
export function buildJunction(builder: Builder, node: ASTNode, scope: Scope, op: '&&' | '||'): Code {
  const parts = flatten(node, op).map((part) => asBool(builder, builder.build(part, scope), part.range, `${op}`));
  if (!parts.every((part) => part !== undefined)) return REFUSED;
  const runs = parts.map((part) => part.run);
  const decisive = op === '&&' ? FALSE : TRUE;
  const neutral = op === '&&' ? TRUE : FALSE;
  const cost = parts.reduce((sum, part) => sum + part.cost, 1);
  if (runs.length === 2) {
    const [left, right] = runs;
    return {
      type: 'bool',
      cost,
      run: (facts): Truth => {
        const a = left(facts);
        if (a === decisive) return decisive;
        const b = right(facts);
        return b === decisive ? decisive : a === UNKNOWN ? UNKNOWN : b;
      },
    };
  }
  return {
    type: 'bool',
    cost,
    run: (facts): Truth => {
      let result: Truth = neutral;
      for (let i = 0; i < runs.length; i++) {
        const value = runs[i](facts);
        if (value === decisive) return decisive;
        if (value === UNKNOWN) result = UNKNOWN;
      }
      return result;
    },
  };
}

/** The operands of nested `&&` (or `||`) from left to right. */
export function flatten(node: ASTNode, op: '&&' | '||'): ASTNode[] {
  if (node.op !== op) return [node];
  const [left, right] = node.args as [ASTNode, ASTNode];
  return [...flatten(left, op), ...flatten(right, op)];
}

export function buildNot(builder: Builder, node: ASTNode, scope: Scope): Code {
  const operand = node.args as ASTNode;
  const code = asBool(builder, builder.build(operand, scope), operand.range, '!');
  if (code === undefined) return REFUSED;
  const { run } = code;
  return {
    type: 'bool',
    cost: code.cost + 1,
    run: (facts): Truth => {
      const value = run(facts);
      return value === UNKNOWN ? UNKNOWN : value === TRUE ? FALSE : TRUE;
    },
  };
}

/** `c ? a : b`: unknown where c is. */
export function buildChoice(builder: Builder, node: ASTNode, scope: Scope): Code {
  const [test, yes, no] = node.args as [ASTNode, ASTNode, ASTNode];
  const condition = asBool(builder, builder.build(test, scope), test.range, '?:');
  const [first, second] = ofOneType(builder, yes, no, builder.build(yes, scope), builder.build(no, scope));
  if (condition === undefined || first.type === 'refused' || second.type === 'refused') return REFUSED;
  if (first.type !== second.type || (first.type === 'list' && second.type === 'list' && first.of !== second.of)) {
    return builder.refuse(node, 'Both sides of ?: must be of one type.');
  }
  const cost = condition.cost + Math.max(first.cost, second.cost) + 1;
  return choose(condition, first, second, cost);
}

/** A value of metadata beside a number, a text or a truth is taken as one. */
function ofOneType(builder: Builder, yes: ASTNode, no: ASTNode, first: Code, second: Code): [Code, Code] {
  const as = (code: Code, at: ASTNode, type: Code['type']): Code => {
    if (code.type !== 'any') return code;
    if (type === 'text') return asText(builder, code, at.range, '?:') ?? REFUSED;
    if (type === 'bool') return asBool(builder, code, at.range, '?:') ?? REFUSED;
    const number = type === 'number' ? asNumber(builder, code, at.range, '?:') : undefined;
    return number === undefined ? code : { type: 'number', cost: number.cost, run: number.run };
  };
  return [as(first, yes, second.type), as(second, no, first.type)];
}

function choose(condition: BoolCode, first: Code, second: Code, cost: number): Code {
  if (first.type === 'refused' || second.type === 'refused') return REFUSED;
  const test = condition.run;
  const [a, b] = [first.run, second.run];
  const unknown =
    first.type === 'bool' ? UNKNOWN : ['number', 'time', 'duration'].includes(first.type) ? NaN : undefined;
  const run: Code extends { run: infer R } ? R : unknown = (facts: Parameters<typeof test>[0]) => {
    const value = test(facts);
    return value === UNKNOWN ? unknown : value === TRUE ? a(facts) : b(facts);
  };
  // Both sides have the first one's type: so has what is chosen.
  return { ...first, literal: undefined, read: undefined, cost, run } as Code;
}
