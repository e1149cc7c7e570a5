import { CORE_ENTITIES } from '../../src/domain/entity.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import type { Serving } from '../../src/engine/judge.ts';
import { compile } from '../../src/features/compile.ts';
import type { FeatureDefinition } from '../../src/features/definition.ts';
import type { Model } from '../../src/models/model.ts';
import { ownPast, type Past, type VelocityCall, velocity } from '../support/velocity-oracle.ts';

const HOUR = 3600;

/** What the world's model looks at; beside each, the same in words that a slow reading of the whole past understands. */
const LOOKED_AT: { definition: FeatureDefinition; call: VelocityCall }[] = [
  window('count', 'count', 'user', HOUR, { self: true }),
  window('count', 'count', 'merchant', 24 * HOUR, { self: true }),
  window('sum', 'sum', 'user', 24 * HOUR, { self: true }),
  window('sum', 'sum', 'card', 2 * HOUR, { self: true }),
  window('maximum', 'max', 'device', 6 * HOUR, { self: true }),
  window('frauds', 'frauds', 'user', 24 * HOUR, {}),
  window('frauds', 'frauds', 'merchant', 240 * HOUR, {}),
  window('distinct', 'distinct', 'device', 24 * HOUR, { self: true, field: 'card' }),
];

function window(
  operation: string,
  name: string,
  entity: string,
  windowSeconds: number,
  more: { self?: boolean; field?: string },
) {
  const definition = { name: `${entity}_${name}_${windowSeconds}`, operation, entity, windowSeconds, ...more };
  const counterpart = more.field === undefined ? {} : { counterpart: more.field };
  return { definition, call: { name, entity, windowMs: windowSeconds * 1000, ...counterpart } };
}

const definitions = LOOKED_AT.map(({ definition }) => definition);
const features = compile(definitions, { entityTypes: CORE_ENTITIES, encodings: {} });

const model: Model = {
  name: 'of-the-world',
  version: '0123456789abcdef',
  featureSchema: '',
  features: [...features.names],
  thresholds: { review: 0.5, decline: 0.9 },
  statistics: features.names.map(() => ({ mean: 0, deviation: 0, p01: 0, p50: 1, p99: 1, missing: 0 })),
  score: (vector) => vector[0] + 3 * vector[5] - 4,
  explain(vector, out) {
    out.fill(0);
    out[0] = vector[0];
    out[5] = 3 * vector[5];
    return -4;
  },
  calibrate: (raw) => 1 / (1 + Math.exp(-raw)),
};

export const serving: Serving = { model, features };

/** The vector of a payment over what was learnt before it, read slowly. */
export function slowVector(past: readonly Past[], payment: Transaction): number[] {
  return LOOKED_AT.map(({ call }) => velocity(call, ownPast(past, payment, call.entity), payment));
}
