import { v } from 'convex/values';
import { ownOrStaff } from './access.ts';
import { query } from './functions.ts';

/** A person by Assay's id; null where there is none. */
export const one = query({
  args: { id: v.string() },
  handler: async (ctx, { id }) => {
    await ownOrStaff(ctx, id);
    return ctx.db
      .query('users')
      .withIndex('by_assay_id', (q) => q.eq('id', id))
      .unique();
  },
});
