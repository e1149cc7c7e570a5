import type { ASTNode } from '@marcbachmann/cel-js';
import { inMccGroup, MCC_GROUPS } from '../../domain/merchant-categories.ts';
import { nearest } from '../../domain/nearest.ts';
import { type Builder, fault, type Scope } from './builder.ts';
import { type Code, REFUSED } from './code.ts';
import { buildConversion } from './convert.ts';
import {
  CONVERSIONS,
  FUNCTIONS,
  LEFT_OUT,
  LIST_METHODS,
  MACROS,
  METHODS,
  TEXT_METHODS,
  TIME_METHODS,
  VELOCITY,
} from './functions.ts';
import { insideQuotes, literalText } from './literal.ts';
import { buildMacro } from './macros.ts';
import { told } from './names.ts';
import { buildPresence } from './presence.ts';
import { buildJoin, buildSize, buildTextMethod } from './texts.ts';
import { buildTimeMethod } from './times.ts';
import { type Truth, truthOf, UNKNOWN } from './truth.ts';
import { asText } from './values.ts';
import { buildVelocity } from './velocity.ts';

const among = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

/** `f(a, b)` */
export function buildCall(builder: Builder, node: ASTNode, scope: Scope): Code {
  const [name, parts] = node.args as [string, ASTNode[]];
  if (name === 'has') return buildPresence(builder, node, scope, parts);
  if (among(VELOCITY, name)) return buildVelocity(builder, node, name, parts);
  if (name === 'inList') return buildInList(builder, node, scope, parts);
  if (name === 'inMccGroup') return buildInMccGroup(builder, node, scope, parts);
  if (name === 'size' && parts.length === 1) return buildSize(builder, parts[0], builder.build(parts[0], scope));
  if (among(CONVERSIONS, name)) return buildConversion(builder, node, scope, name, parts);
  return unknownCall(
    builder,
    { start: node.range.start, end: node.range.start + name.length },
    name,
    FUNCTIONS,
    METHODS,
  );
}

/** `a.f(b)` */
export function buildMethod(builder: Builder, node: ASTNode, scope: Scope): Code {
  const [name, target, parts] = node.args as [string, ASTNode, ASTNode[]];
  if (among(MACROS, name)) return buildMacro(builder, node, scope, name, target, parts);
  const after = builder.source.indexOf(name, target.range.end);
  const at = { start: after, end: after + name.length };
  if (!among(METHODS, name)) return unknownCall(builder, at, name, METHODS, FUNCTIONS);
  const object = builder.build(target, scope);
  if (object.type === 'refused') {
    for (const part of parts) builder.build(part, scope);
    return REFUSED;
  }
  const call = { node, at, name, target, object, parts, scope };
  if (name === 'size' && parts.length === 0) return buildSize(builder, target, object);
  if (among(TEXT_METHODS, name)) return buildTextMethod(builder, { ...call, name });
  if (among(LIST_METHODS, name)) return buildJoin(builder, { ...call, name });
  if (among(TIME_METHODS, name)) return buildTimeMethod(builder, { ...call, name });
  return builder.refuse(at, `${name} takes no argument.`);
}

function unknownCall(
  builder: Builder,
  at: { start: number; end: number },
  name: string,
  names: readonly string[],
  others: readonly string[],
): Code {
  const reason = Object.hasOwn(LEFT_OUT, name) ? LEFT_OUT[name] : undefined;
  if (reason !== undefined) return builder.refuse(at, `${name} is not in the language of rules: ${reason}.`);
  if (others.includes(name)) {
    return builder.refuse(
      at,
      names === METHODS ? `${name} is a function: write ${name}(…).` : `${name} is a method: write value.${name}(…).`,
    );
  }
  const hint = nearest(name, names);
  return builder.refuse(at, told(`There is no function ${name}`, hint), hint);
}

/** `inList("name", value)` */
function buildInList(builder: Builder, node: ASTNode, scope: Scope, parts: ASTNode[]): Code {
  if (parts.length !== 2) return builder.refuse(node, 'It is inList("name", value).');
  const [first, second] = parts;
  const name = literalText(first);
  const value = asText(builder, builder.build(second, scope), second.range, 'inList');
  if (name === undefined) return builder.refuse(first, 'The name of a list is a text in quotes.');
  const { lists } = builder.environment;
  if (lists !== undefined && !lists.has(name)) {
    const hint = nearest(name, lists.keys());
    return builder.refuse(insideQuotes(first), told(`There is no list ${JSON.stringify(name)}`, hint), hint);
  }
  if (value === undefined) return REFUSED;
  builder.uses('list', name);
  const { run } = value;
  return {
    type: 'bool',
    cost: value.cost + 60,
    run: (facts): Truth => {
      const text = run(facts);
      if (text === undefined) return UNKNOWN;
      const found = facts.inList(name, text, facts.recordedAt);
      if (found !== undefined) return truthOf(found);
      fault(facts, `there is no list ${name}`);
      return UNKNOWN;
    },
  };
}

/** `inMccGroup("gambling", tx.mcc)` */
function buildInMccGroup(builder: Builder, node: ASTNode, scope: Scope, parts: ASTNode[]): Code {
  if (parts.length !== 2) return builder.refuse(node, 'It is inMccGroup("group", tx.mcc).');
  const [first, second] = parts;
  const name = literalText(first);
  const value = asText(builder, builder.build(second, scope), second.range, 'inMccGroup');
  const group = MCC_GROUPS.find((one) => one === name);
  if (name === undefined) return builder.refuse(first, 'The name of a group is a text in quotes.');
  if (group === undefined) {
    const hint = nearest(name, MCC_GROUPS);
    const words = told(`There is no group ${JSON.stringify(name)} of merchant categories`, hint);
    return builder.refuse(insideQuotes(first), hint ? words : `${words} There are ${MCC_GROUPS.join(', ')}.`, hint);
  }
  if (value === undefined) return REFUSED;
  const { run } = value;
  return {
    type: 'bool',
    cost: value.cost + 10,
    run: (facts): Truth => {
      const code = run(facts);
      return code === undefined ? UNKNOWN : truthOf(inMccGroup(group, code));
    },
  };
}
