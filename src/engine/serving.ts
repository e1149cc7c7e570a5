import { compile } from '../features/compile.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { LoadedModel } from '../models/artifact.ts';
import type { Serving } from './judge.ts';

/** A model with its own features compiled for these entity types and what is kept of one's own columns. Throws where a feature needs what is not profiled. */
export function servingOf(
  model: LoadedModel,
  entityTypes: readonly string[],
  currency: string,
  own: readonly string[] = [],
): Serving {
  const features = compile(model.catalogue as FeatureDefinition[], {
    entityTypes,
    own,
    encodings: model.encodings as Record<string, Encoding>,
    currency,
  });
  return { model, features };
}
