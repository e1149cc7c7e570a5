import {
  type DataModelFromSchemaDefinition,
  type GenericMutationCtx,
  type GenericQueryCtx,
  internalMutationGeneric,
  internalQueryGeneric,
  type MutationBuilder,
  type QueryBuilder,
  queryGeneric,
} from 'convex/server';
import type schema from './schema.ts';

/** The builders of `_generated/server`, typed by the schema, so that nothing here waits for a deployment. */
type Model = DataModelFromSchemaDefinition<typeof schema>;
export type QueryCtx = GenericQueryCtx<Model>;
export type MutationCtx = GenericMutationCtx<Model>;

export const query = queryGeneric as QueryBuilder<Model, 'public'>;
export const internalQuery = internalQueryGeneric as QueryBuilder<Model, 'internal'>;
export const internalMutation = internalMutationGeneric as MutationBuilder<Model, 'internal'>;
