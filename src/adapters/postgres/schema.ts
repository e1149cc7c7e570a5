import { bigint, json, pgSchema, text, timestamp } from 'drizzle-orm/pg-core';
import type { CommandAnswer } from '../../projections/command-answer.ts';

export type Tables = ReturnType<typeof tablesIn>;

/** Tables as the plain queries see them; `migrations/` makes them all and says what they are for. */
export function tablesIn(name: string) {
  const schema = pgSchema(name);
  const moment = (column: string) => timestamp(column, { precision: 3, withTimezone: true, mode: 'string' });
  return {
    users: schema.table('users', {
      id: text('id').primaryKey(),
      sequence: bigint('sequence', { mode: 'number' }).notNull(),
      name: text('name').notNull(),
      email: text('email').notNull(),
      emailKey: text('email_key').notNull(),
      search: text('search').notNull(),
      createdAt: moment('created_at').notNull(),
      updatedAt: moment('updated_at').notNull(),
    }),
    answers: schema.table('answers', {
      sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
      at: moment('at').notNull(),
      answer: json('answer').$type<CommandAnswer>().notNull(),
    }),
    meta: schema.table('meta', {
      applied: bigint('applied', { mode: 'number' }).notNull(),
      appliedKey: text('applied_key'),
    }),
  };
}
