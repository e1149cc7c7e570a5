import { type Infer, v } from 'convex/values';
import { internalMutation, internalQuery, type MutationCtx, type QueryCtx } from './functions.ts';
import { decided, person, place, temporary } from './schema.ts';

/**
 * What Assay calls, with a deploy key: nobody else can, for these are internal. A write says which turn it is. The turn, the place in the
 * log and the rows change in one transaction, so that a write that is repeated, late or another process's changes nothing.
 */
const change = v.union(
  v.object({ table: v.literal('transactions'), id: v.string(), row: decided }),
  v.object({ table: v.literal('tempTransactions'), id: v.string(), row: temporary }),
  v.object({ table: v.literal('users'), id: v.string(), row: person }),
  v.object({ table: v.literal('payment'), id: v.string(), row: v.null() }),
  v.object({ table: v.literal('user'), id: v.string(), row: v.null() }),
);
type Change = Infer<typeof change>;

/** Rows that one call of `clear` takes away. */
const CLEARED_AT_ONCE = 500;
const BEGIN = { turn: 0, sequence: 0, key: '', clearing: false };

async function standing(ctx: QueryCtx) {
  const found = await ctx.db.query('assayPlace').first();
  if (!found) return { id: undefined, ...BEGIN };
  const { _id: id, turn, sequence, key, clearing } = found;
  return { id, turn, sequence, key, clearing };
}
type Standing = Awaited<ReturnType<typeof standing>>;

async function moveTo(ctx: MutationCtx, { id }: Standing, to: Omit<Standing, 'id'>) {
  if (id) await ctx.db.replace(id, to);
  else await ctx.db.insert('assayPlace', to);
  return to;
}

export const position = internalQuery({
  args: {},
  handler: async (ctx) => {
    const { id: _, ...place } = await standing(ctx);
    return place;
  },
});

/** Rows as they are from now on, and how far that brings the copy. `applied` is false where it was not this one's turn. */
export const apply = internalMutation({
  args: { turn: place.turn, sequence: place.sequence, key: place.key, changes: v.array(change) },
  handler: async (ctx, { turn, sequence, key, changes }) => {
    const now = await standing(ctx);
    if (now.turn !== turn || now.clearing) {
      const { id: _, ...place } = now;
      return { applied: false, ...place };
    }
    for (const one of changes) await write(ctx, one);
    return { applied: true, ...(await moveTo(ctx, now, { turn: turn + 1, sequence, key, clearing: false })) };
  },
});

/** Takes everything away, in as many calls as it takes; from then on the copy is made anew from the beginning of the log. */
export const clear = internalMutation({
  args: {},
  handler: async (ctx) => {
    const now = await standing(ctx);
    let left = CLEARED_AT_ONCE;
    for (const table of ['transactions', 'tempTransactions', 'users'] as const) {
      const rows = await ctx.db.query(table).take(left);
      for (const { _id } of rows) await ctx.db.delete(_id);
      left -= rows.length;
      if (left === 0) break;
    }
    // While it goes on, nothing is written: it would be taken away.
    const clearing = left === 0;
    return moveTo(ctx, now, { turn: now.turn + 1, sequence: 0, key: '', clearing });
  },
});

async function write(ctx: MutationCtx, one: Change): Promise<void> {
  switch (one.table) {
    case 'users':
    case 'user': {
      const known = await idOf(ctx, 'users', one.id);
      if (one.row === null) return known ? ctx.db.delete(known) : undefined;
      await (known ? ctx.db.replace(known, one.row) : ctx.db.insert('users', one.row));
      return;
    }
    default: {
      // A payment is in one of the two tables, and moves as it is decided.
      const [decided, temporary] = await Promise.all([
        idOf(ctx, 'transactions', one.id),
        idOf(ctx, 'tempTransactions', one.id),
      ]);
      if (decided && one.table !== 'transactions') await ctx.db.delete(decided);
      if (temporary && one.table !== 'tempTransactions') await ctx.db.delete(temporary);
      if (one.table === 'transactions')
        await (decided ? ctx.db.replace(decided, one.row) : ctx.db.insert('transactions', one.row));
      if (one.table === 'tempTransactions')
        await (temporary ? ctx.db.replace(temporary, one.row) : ctx.db.insert('tempTransactions', one.row));
    }
  }
}

async function idOf<T extends 'users' | 'transactions' | 'tempTransactions'>(ctx: MutationCtx, table: T, id: string) {
  const found = await ctx.db
    .query(table)
    .withIndex('by_assay_id', (q) => q.eq('id' as never, id as never))
    .unique();
  return found?._id;
}
