import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../domain/nearest.ts';
import type { Builder } from './builder.ts';
import { type Code, type CodeOf, REFUSED } from './code.ts';
import { OUTCOMES, WORDS } from './environment.ts';
import type { VelocityName } from './functions.ts';
import { insideQuotes, literalText } from './literal.ts';
import { told } from './names.ts';
import { type FeatureRequest, MAX_WINDOW_SECONDS, windowSeconds } from './request.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';

type Argument = 'entity' | 'counterpart' | 'window' | 'outcome';

interface Call {
  operation: string;
  arguments: Argument[];
  /** Whether the payment itself counts, as in the catalogue's features. */
  self?: true;
}

/** Each call is an operation of the features' catalogue. */
const CALLS: Record<VelocityName, Call> = {
  count: { operation: 'count', arguments: ['entity', 'window', 'outcome'], self: true },
  sum: { operation: 'sum', arguments: ['entity', 'window'], self: true },
  mean: { operation: 'average', arguments: ['entity', 'window'], self: true },
  max: { operation: 'maximum', arguments: ['entity', 'window'], self: true },
  distinct: { operation: 'distinct', arguments: ['entity', 'counterpart', 'window'], self: true },
  sinceLast: { operation: 'sinceLast', arguments: ['entity'] },
  isFirst: { operation: 'first', arguments: ['entity', 'counterpart'] },
  frauds: { operation: 'frauds', arguments: ['entity', 'window'] },
  km: { operation: 'distanceSinceLast', arguments: ['entity'] },
};

/** `count("card", "2h")` and the like: literal arguments, so that what is asked of profiles is known before it runs. */
export function buildVelocity(builder: Builder, node: ASTNode, name: VelocityName, parts: ASTNode[]): Code {
  const call = CALLS[name];
  const least = call.arguments.filter((one) => one !== 'outcome').length;
  if (parts.length < least || parts.length > call.arguments.length) {
    return builder.refuse(node, `It is ${signature(name)}.`);
  }
  const values = parts.map((part, i) => argument(builder, part, call.arguments[i], name));
  if (!values.every((value) => value !== undefined)) return REFUSED;
  if (!isKept(builder, node, name, values as string[])) return REFUSED;
  const request = requestOf(name, call, values);
  builder.uses('window', request.name);
  const code = builder.request(request);
  return name === 'isFirst' && code.type === 'number' ? asFirst(code) : code;
}

/** Profiles do not keep everything of everyone: what is not there is refused where it is asked for. */
function isKept(builder: Builder, node: ASTNode, name: VelocityName, [entity, counterpart]: string[]): boolean {
  const kept = builder.environment.counterparts?.(entity);
  if (kept === undefined) return true;
  const isPlace = name === 'km';
  if (!isPlace && CALLS[name].arguments[1] !== 'counterpart') return true;
  if (kept.includes(isPlace ? 'latitude' : counterpart)) return true;
  const met = kept.filter((one) => one !== 'latitude' && one !== 'longitude').join(', ');
  const what = isPlace ? 'no places' : `no ${counterpart}`;
  builder.refuse(node, `Profiles of ${entity} keep ${what}${isPlace ? '' : `; they keep ${met}`}.`);
  return false;
}

/** What is asked of the features: its name is its meaning, so equal calls are one. */
function requestOf(name: VelocityName, call: Call, values: string[]): FeatureRequest {
  const request: FeatureRequest = { name: `${name}(${values.join(',')})`, operation: call.operation };
  if (call.self) request.self = true;
  call.arguments.forEach((kind, i) => {
    const value = values[i];
    if (value === undefined) return;
    if (kind === 'entity') request.entity = value;
    if (kind === 'counterpart') request.field = value;
    if (kind === 'window') request.windowSeconds = windowSeconds(value);
    if (kind === 'outcome') {
      // What becomes of this payment is not known yet.
      delete request.self;
      request.operation = 'outcomes';
      request.parameters = { outcome: value };
    }
  });
  if (request.windowSeconds !== undefined) {
    const seconds = `${request.windowSeconds}s`;
    request.name = `${name}(${values.map((value, i) => (call.arguments[i] === 'window' ? seconds : value)).join(',')})`;
  }
  return request;
}

function signature(name: VelocityName): string {
  const parts = CALLS[name].arguments.map((one) => (one === 'outcome' ? '[, outcome]' : one));
  return `${name}(${parts.join(', ').replace(', [', '[')})`;
}

function argument(builder: Builder, part: ASTNode, kind: Argument, name: VelocityName): string | undefined {
  const text = literalText(part);
  if (text === undefined) {
    builder.refuse(part, `The ${kind} of ${name} is a text in quotes: what is asked must be known before it runs.`);
    return undefined;
  }
  if (kind === 'window') return checkWindow(builder, part, text);
  const { entityTypes } = builder.environment;
  const names: readonly string[] =
    kind === 'entity' ? entityTypes : kind === 'outcome' ? OUTCOMES : [...entityTypes, ...WORDS];
  if (names.includes(text)) return text;
  const hint = nearest(text, names);
  const what = told(`There is no ${kind} ${JSON.stringify(text)}`, hint && JSON.stringify(hint));
  builder.refuse(insideQuotes(part), hint === undefined ? `${what} There are: ${names.join(', ')}.` : what, hint);
  return undefined;
}

function checkWindow(builder: Builder, part: ASTNode, text: string): string | undefined {
  const seconds = windowSeconds(text);
  if (seconds !== undefined && seconds <= MAX_WINDOW_SECONDS) return text;
  const at = insideQuotes(part);
  if (seconds === undefined)
    builder.refuse(at, 'A window is a whole number and a unit, such as "90s", "10m", "2h" or "7d".');
  else builder.refuse(at, 'A window is at most 60 days long: no more of the past is kept.', '60d');
  return undefined;
}

function asFirst(code: CodeOf<'number'>): Code {
  const { run, cost } = code;
  return {
    type: 'bool',
    cost,
    run: (facts): Truth => {
      const value = run(facts);
      return value === 1 ? TRUE : value === 0 ? FALSE : UNKNOWN;
    },
  };
}
