import type { Event } from '../domain/event.ts';
import { compile } from '../features/compile.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import { readsPast } from '../features/operations.ts';
import { canonicalJson } from '../models/canonical.ts';
import { createProfiles } from '../profiles/memory.ts';
import type { Serving } from './judge.ts';

/** How one model's stored vector becomes another's. */
export interface Transfer {
  /** Features that the stored vector does not hold and the transaction alone does not give: then it cannot be done. */
  missing: string[];
  /** Writes the other model's vector of an event whose stored vector is `vector`. */
  apply(vector: Float64Array, event: Event, out: Float64Array): void;
}

/**
 * Features over profiles are taken from the stored vector by equal definitions, since profiles have moved on; those of
 * the transaction alone are computed anew, because two models may have learnt other codes for the same words.
 */
export function transferOf(from: Serving, to: Serving): Transfer {
  const identity = ({ name: _, ...definition }: FeatureDefinition) => canonicalJson(definition);
  const places = new Map(from.features.definitions.map((definition, i) => [identity(definition), i]));
  const { definitions } = to.features;
  const own: FeatureDefinition[] = [];
  const ownAt: number[] = [];
  const taken: [at: number, source: number][] = [];
  const missing: string[] = [];
  for (const [at, definition] of definitions.entries()) {
    const source = places.get(identity(definition));
    if (!readsPast(definition)) {
      own.push(definition);
      ownAt.push(at);
    } else if (source === undefined) missing.push(definition.name);
    else taken.push([at, source]);
  }
  const encodings = { ...to.features.encodings };
  const alone = compile(own, { entityTypes: [], encodings });
  const nobody = createProfiles({ entityTypes: [] });
  const values = new Float64Array(own.length);
  return {
    missing,
    apply(vector, event, out) {
      for (const [at, source] of taken) out[at] = vector[source];
      alone.extract(nobody, event, values);
      for (let i = 0; i < ownAt.length; i++) out[ownAt[i]] = values[i];
    },
  };
}
