import { v } from 'convex/values';
import { isOwnOrStaff, ownOrStaff, staff } from './access.ts';
import { query } from './functions.ts';

const MOST = 200;
const limit = v.optional(v.number());
const bounded = (asked = 50) => Math.max(1, Math.min(MOST, Math.floor(asked)));

/** The newest decided payments. */
export const newest = query({
  args: { limit },
  handler: async (ctx, args) => {
    await staff(ctx);
    return ctx.db.query('transactions').withIndex('by_created').order('desc').take(bounded(args.limit));
  },
});

/** Reviews and declines that nobody has settled yet. */
export const alerts = query({
  args: { limit },
  handler: async (ctx, args) => {
    await staff(ctx);
    const found = ctx.db.query('transactions').withIndex('by_alert', (q) => q.eq('alert', true));
    return found.order('desc').take(bounded(args.limit));
  },
});

/** What a person paid, and what is not decided yet, each the newest first. */
export const byUser = query({
  args: { userId: v.string(), limit },
  handler: async (ctx, { userId, limit }) => {
    await ownOrStaff(ctx, userId);
    const take = bounded(limit);
    const [transactions, temporary] = await Promise.all([
      ctx.db
        .query('transactions')
        .withIndex('by_user', (q) => q.eq('userId', userId))
        .order('desc')
        .take(take),
      ctx.db
        .query('tempTransactions')
        .withIndex('by_user', (q) => q.eq('userId', userId))
        .order('desc')
        .take(take),
    ]);
    return { transactions, temporary };
  },
});

/** One payment by Assay's id, decided or not; null where there is none, or it is not one's own. */
export const one = query({
  args: { id: v.string() },
  handler: async (ctx, { id }) => {
    const found =
      (await ctx.db
        .query('transactions')
        .withIndex('by_assay_id', (q) => q.eq('id', id))
        .unique()) ??
      (await ctx.db
        .query('tempTransactions')
        .withIndex('by_assay_id', (q) => q.eq('id', id))
        .unique());
    // Of what is not there yet and what is another's the same is said; an error would take down the page that waits for it.
    return found && (await isOwnOrStaff(ctx, found.userId)) ? found : null;
  },
});
