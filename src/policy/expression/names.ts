import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../domain/nearest.ts';
import { type Builder, fault, type Scope } from './builder.ts';
import { type Code, type CodeOf, typeWords } from './code.ts';
import type { Environment } from './environment.ts';
import type { Facts } from './facts.ts';
import { FIELDS } from './fields.ts';
import { FUNCTIONS } from './functions.ts';
import type { FeatureRequest } from './request.ts';
import { truthOf, UNKNOWN } from './truth.ts';
import { kindOf, present } from './values.ts';

const INPUTS = ['score', 'probability', 'hour', 'weekday', 'model'] as const;
const ROOTS = ['tx', 'features', ...INPUTS];

/** A name by itself: a macro's variable, or what is known of the decision. */
export function buildName(builder: Builder, node: ASTNode, scope: Scope): Code {
  const name = node.args as string;
  const variable = scope.get(name);
  if (variable !== undefined) return variableCode(variable);
  if (name === 'tx' || name === 'features') {
    return builder.refuse(node, `${name} is no value: write ${name}. and the name of what you mean.`);
  }
  if (name === 'model') {
    builder.uses('input', name);
    return { type: 'text', cost: 1, run: (facts) => facts.model?.version };
  }
  if (isNumberInput(name)) {
    builder.uses('input', name);
    return { type: 'number', cost: 1, run: numberInputs[name] };
  }
  const known = [...ROOTS, ...scope.keys()];
  const field = Object.hasOwn(FIELDS, name) ? `tx.${name}` : undefined;
  const hint = field ?? nearest(name, known) ?? prefixed(nearest(name, Object.keys(FIELDS)));
  if (FUNCTIONS.includes(name)) return builder.refuse(node, `${name} is a function: write ${name}(…).`);
  return builder.refuse(node, told(`There is no name ${name}`, hint), hint);
}

const prefixed = (field: string | undefined) => (field === undefined ? undefined : `tx.${field}`);
export const told = (what: string, hint: string | undefined) =>
  hint === undefined ? `${what}.` : `${what}. Did you mean ${hint}?`;

const numberInputs = {
  score: (facts: Facts) => facts.score,
  probability: (facts: Facts) => facts.probability,
  hour: (facts: Facts) => facts.hour,
  weekday: (facts: Facts) => facts.weekday,
};
const isNumberInput = (name: string): name is keyof typeof numberInputs => Object.hasOwn(numberInputs, name);

function variableCode(variable: { type: string; value: unknown }): Code {
  // The macro sets what its list holds, in the form of the element's type.
  return { type: variable.type, cost: 1, run: () => variable.value } as Code;
}

/** `a.b` */
export function buildSelect(builder: Builder, node: ASTNode, scope: Scope): Code {
  const [object, name] = node.args as [ASTNode, string];
  const at = { start: node.range.end - name.length, end: node.range.end };
  if (object.op === 'id' && !scope.has(object.args as string)) {
    const root = object.args as string;
    if (root === 'tx') return buildField(builder, at, name);
    if (root === 'features') return buildFeature(builder, at, name);
    if (root === 'model') return buildModel(builder, at, name);
  }
  const code = builder.build(object, scope);
  if (code.type === 'refused') return code;
  if (code.type !== 'any') return builder.refuse(at, `${capital(typeWords(code.type))} has no fields.`);
  return member(code, name);
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

function buildField(builder: Builder, at: { start: number; end: number }, name: string): Code {
  if (!Object.hasOwn(FIELDS, name)) {
    const hint = nearest(name, Object.keys(FIELDS));
    return builder.refuse(at, told(`There is no field tx.${name}`, hint && `tx.${hint}`), hint);
  }
  builder.uses('field', name);
  const type = FIELDS[name];
  if (name === 'type') return { type: 'text', cost: 1, run: (facts) => (facts.tx.type ?? 'payment') as string };
  if (type === 'time') return { type, cost: 1, run: (facts) => numberOr(facts.tx.time) };
  if (type === 'number') return { type, cost: 1, read: { field: name }, run: (facts) => numberOr(facts.tx[name]) };
  if (type === 'bool') {
    return {
      type,
      cost: 1,
      run: (facts) => (typeof facts.tx[name] === 'boolean' ? truthOf(facts.tx[name]) : UNKNOWN),
    };
  }
  if (type === 'text') {
    return { type, cost: 1, run: (facts) => (facts.tx[name] ?? undefined) as string | undefined };
  }
  return { type: 'any', cost: 1, run: (facts) => present(facts.tx[name]) };
}

const numberOr = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

function buildModel(builder: Builder, at: { start: number; end: number }, name: string): Code {
  builder.uses('input', 'model');
  if (name === 'version') return { type: 'text', cost: 1, run: (facts) => facts.model?.version };
  if (name === 'name') return { type: 'text', cost: 1, run: (facts) => facts.model?.name };
  const hint = nearest(name, ['name', 'version']);
  return builder.refuse(at, told(`There is no model.${name}`, hint && `model.${hint}`), hint);
}

function buildFeature(builder: Builder, at: { start: number; end: number }, name: string): Code {
  const definition = featuresOf(builder.environment).get(name);
  if (definition !== undefined) {
    builder.uses('feature', name);
    return builder.request(definition);
  }
  if (builder.environment.features.some((one) => one.name === name)) {
    return builder.refuse(at, `features.${name} is learnt by a model, and a model's promotion must not change a rule.`);
  }
  const hint = nearest(name, featuresOf(builder.environment).keys());
  return builder.refuse(at, told(`There is no feature ${name}`, hint && `features.${hint}`), hint);
}

/** Those that a rule may read: codes of words that training learnt are left out. */
export function featuresOf(environment: Environment): ReadonlyMap<string, FeatureRequest> {
  const read = environment.features.filter((one) => one.operation !== 'encoding');
  return new Map(read.map((one) => [one.name, one]));
}

/** `a[b]`: a member of metadata by its name, or an element of a list by its place. */
export function buildIndex(builder: Builder, node: ASTNode, scope: Scope): Code {
  const [object, index] = node.args as [ASTNode, ASTNode];
  if (object.op === 'id' && (object.args === 'tx' || object.args === 'features') && !scope.has(object.args)) {
    return builder.refuse(index, `Write ${object.args}.name: which field it is must be seen before it runs.`);
  }
  const of = builder.build(object, scope);
  const by = builder.build(index, scope);
  if (of.type === 'refused' || by.type === 'refused') return of.type === 'refused' ? of : by;
  if (of.type === 'any' && by.type === 'text') {
    return typeof by.literal === 'string' ? member(of, by.literal) : memberBy(of, by);
  }
  if ((of.type === 'any' || of.type === 'list') && by.type === 'number') return element(of, by);
  if (of.type !== 'any' && of.type !== 'list')
    return builder.refuse(object, `${capital(typeWords(of.type))} has no elements.`);
  return builder.refuse(index, `An element is named by a number${of.type === 'any' ? ' or a text' : ''}.`);
}

function member(object: CodeOf<'any'>, name: string): Code {
  const { run } = object;
  return { type: 'any', cost: object.cost + 2, run: (facts) => memberOf(facts, run(facts), name) };
}

function memberBy(object: CodeOf<'any'>, by: CodeOf<'text'>): Code {
  const cost = object.cost + by.cost + 2;
  return {
    type: 'any',
    cost,
    run: (facts) => {
      const name = by.run(facts);
      return name === undefined ? undefined : memberOf(facts, object.run(facts), name);
    },
  };
}

export function memberOf(facts: Facts, value: unknown, name: string): unknown {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    fault(facts, `metadata has ${kindOf(value)} where .${name} needs an object`);
    return undefined;
  }
  const object = value as Record<string, unknown>;
  return Object.hasOwn(object, name) ? present(object[name]) : undefined;
}

function element(of: CodeOf<'any'> | CodeOf<'list'>, by: CodeOf<'number'>): Code {
  const type = of.type === 'list' ? of.of : 'any';
  const unknown = type === 'bool' ? UNKNOWN : type === 'text' || type === 'any' ? undefined : Number.NaN;
  const run = (facts: Facts) => {
    const list = of.run(facts);
    const index = by.run(facts);
    if (list === undefined || Number.isNaN(index)) return unknown;
    if (!Array.isArray(list)) {
      fault(facts, `metadata has ${kindOf(list)} where [${index}] needs a list`);
      return unknown;
    }
    if (!Number.isInteger(index) || index < 0 || index >= list.length) {
      fault(facts, `there is no element ${index} in a list of ${list.length}`);
      return unknown;
    }
    return type === 'any' ? present(list[index]) : (list[index] ?? unknown);
  };
  return { type, cost: of.cost + by.cost + 2, run } as Code;
}
