import type { Event } from '../../domain/event.ts';
import { compile, type Extractor } from '../../features/compile.ts';
import type { FeatureDefinition } from '../../features/definition.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import type { Serving } from '../judge.ts';
import type { InForce } from './in-force.ts';

/** One pass over the profiles for the model's features and the rules' own windows: each profile is looked up once. */
export interface Pass {
  /** Numbers of the model's vector, then those of the rules'. */
  readonly model: number;
  readonly rules: number;
  /** Whether profiles are read of entities that the payment does not name: see `Extractor.walks`. */
  readonly walks: boolean;
  /** What is read of the profiles: see `Extractor.columns`; undefined where it is not told. */
  readonly columns?: Extractor['columns'] | undefined;
  /** Writes both, the model's first. Returns the slots of the rules' vector that are approximate, undefined for none. */
  extract(profiles: Profiles, event: Event, out: Float64Array): number[] | undefined;
}

const passes = new WeakMap<InForce, Map<Serving | undefined, Pass>>();
/** Of a policy: by the champion, by a model that decides for a share, and none. */
const MOST_KEPT = 3;

/** Kept until the policy or the model is another. */
export function passOf(serving: Serving | undefined, inForce: InForce, entityTypes: readonly string[]): Pass {
  let known = passes.get(inForce);
  if (!known) passes.set(inForce, (known = new Map()));
  const kept = known.get(serving);
  if (kept) return kept;
  const pass = makePass(serving, inForce.definitions, entityTypes);
  if (known.size >= MOST_KEPT) known.delete(known.keys().next().value);
  known.set(serving, pass);
  return pass;
}

/** Made anew each time: kept passes are those of `passOf`. */
export function makePass(
  serving: Serving | undefined,
  asked: readonly FeatureDefinition[],
  entityTypes: readonly string[],
): Pass {
  const model = serving?.features.names.length ?? 0;
  if (asked.length === 0) {
    const extract = (profiles: Profiles, event: Event, out: Float64Array) => {
      serving?.features.extract(profiles, event, out);
      return undefined;
    };
    const columns = serving ? serving.features.columns : {};
    return { model, rules: 0, walks: serving?.features.walks ?? false, columns, extract };
  }
  const own = serving?.features.definitions ?? [];
  const { encodings } = serving?.features ?? {};
  // A rule's feature may have the name of a model's and another meaning.
  const named = asked.map((definition) => ({ ...definition, name: `rule ${definition.name}` }));
  const extractor = compile([...own, ...named], { entityTypes, ...(encodings ? { encodings } : {}) });
  return {
    model,
    rules: asked.length,
    walks: extractor.walks,
    columns: extractor.columns,
    extract(profiles, event, out) {
      if (extractor.extract(profiles, event, out) === 0) return undefined;
      const marked = asked.flatMap((_, slot) => (extractor.approximate[model + slot] === 1 ? [slot] : []));
      return marked.length > 0 ? marked : undefined;
    },
  };
}
