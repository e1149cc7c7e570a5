import type { ASTNode } from '@marcbachmann/cel-js';
import { type Builder, fault, type Scope, type Variable } from './builder.ts';
import { type Code, type ElementType, REFUSED, typeWords } from './code.ts';
import type { Facts } from './facts.ts';
import type { MACROS } from './functions.ts';
import { MAX_ELEMENTS } from './same.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';
import { asBool, kindOf, present } from './values.ts';

/** Macros within macros at most. */
const MAX_NESTED = 2;

/** `list.exists(x, …)` is an `||` over the elements, `all` an `&&`: one that is unknown matters only where none decides. */
export function buildMacro(
  builder: Builder,
  node: ASTNode,
  scope: Scope,
  name: (typeof MACROS)[number],
  target: ASTNode,
  parts: ASTNode[],
): Code {
  const list = builder.build(target, scope);
  if (parts.length !== 2 || parts[0].op !== 'id')
    return builder.refuse(node, `It is list.${name}(x, …): a name, and what is asked of each.`);
  if (scope.size >= MAX_NESTED) return builder.refuse(node, `At most ${MAX_NESTED} macros lie within each other.`);
  if (list.type !== 'list' && list.type !== 'any') {
    return list.type === 'refused'
      ? REFUSED
      : builder.refuse(target, `${name} needs a list, and this is ${typeWords(list.type)}.`);
  }
  const variable: Variable = { type: list.type === 'list' ? list.of : 'any', value: undefined };
  const inner = new Map(scope).set(parts[0].args as string, variable);
  const body = asBool(builder, builder.build(parts[1], inner), parts[1].range, name);
  if (body === undefined) return REFUSED;
  const most = Array.isArray(list.literal) ? list.literal.length : MAX_ELEMENTS;
  const cost = list.cost + 2 + most * (body.cost + 1);
  return { type: 'bool', cost, run: iterate(name, list.run, variable, body.run) };
}

function iterate(
  name: (typeof MACROS)[number],
  listOf: (facts: Facts) => unknown,
  variable: Variable,
  body: (facts: Facts) => Truth,
): (facts: Facts) => Truth {
  const decisive = name === 'all' ? FALSE : TRUE;
  const unknown = unknownOf(variable.type);
  return (facts) => {
    const list = listOf(facts);
    if (list === undefined) return UNKNOWN;
    if (!Array.isArray(list) || list.length > MAX_ELEMENTS) {
      const what = Array.isArray(list)
        ? `more than ${MAX_ELEMENTS} elements`
        : `${kindOf(list)} where ${name} needs a list`;
      fault(facts, `metadata has ${what}`);
      return UNKNOWN;
    }
    let result: Truth = name === 'all' ? TRUE : FALSE;
    for (let i = 0; i < list.length; i++) {
      variable.value = present(list[i]) ?? unknown;
      const value = body(facts);
      if (value === decisive) return decisive;
      if (value === UNKNOWN) result = UNKNOWN;
    }
    return result;
  };
}

export function unknownOf(type: ElementType): unknown {
  if (type === 'bool') return UNKNOWN;
  return type === 'text' || type === 'any' ? undefined : Number.NaN;
}
