import { ConvexError } from 'convex/values';
import type { QueryCtx } from './functions.ts';

/** The claim of an identity that says that someone works here; set it where you make your tokens, or write your own rule below. */
const STAFF_CLAIM = 'assayStaff';

/** Whoever works here reads everything. */
export async function staff(ctx: QueryCtx): Promise<void> {
  if (!isStaff(await ctx.auth.getUserIdentity())) throw new ConvexError('Only for staff.');
}

/** People read their own: Assay's `userId` is the subject of their identity. */
export async function isOwnOrStaff(ctx: QueryCtx, userId: string): Promise<boolean> {
  const identity = await ctx.auth.getUserIdentity();
  return identity?.subject === userId || isStaff(identity);
}

export async function ownOrStaff(ctx: QueryCtx, userId: string): Promise<void> {
  if (!(await isOwnOrStaff(ctx, userId))) throw new ConvexError('Only your own.');
}

const isStaff = (identity: Awaited<ReturnType<QueryCtx['auth']['getUserIdentity']>>) =>
  identity?.[STAFF_CLAIM] === true;
