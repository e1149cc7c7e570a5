import {
  bigint,
  boolean,
  doublePrecision,
  integer,
  json,
  pgSchema,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { CommandAnswer, TransactionView } from '../../projections/store.ts';

export type Tables = ReturnType<typeof tablesIn>;

/** The tables as the queries see them; `migrations/` makes them and says what they are for. */
export function tablesIn(name: string) {
  const schema = pgSchema(name);
  const moment = (column: string) => timestamp(column, { precision: 3, withTimezone: true, mode: 'string' });
  return {
    transactions: schema.table('transactions', {
      id: text('id').primaryKey(),
      sequence: bigint('sequence', { mode: 'number' }).notNull(),
      createdAt: moment('created_at').notNull(),
      userId: text('user_id').notNull(),
      status: text('status').notNull(),
      decision: text('decision'),
      score: smallint('score'),
      probability: doublePrecision('probability'),
      currency: text('currency').notNull(),
      amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
      minorDigits: smallint('minor_digits').notNull(),
      latencyUs: integer('latency_us'),
      label: text('label'),
      deleted: boolean('deleted').notNull(),
      entities: bigint('entities', { mode: 'number' }).array().notNull(),
      reasons: text('reasons').array(),
      viewId: bigint('view_id', { mode: 'number' }).notNull(),
      model: text('model'),
      country: text('country'),
    }),
    views: schema.table('views', {
      id: bigint('id', { mode: 'number' }).primaryKey(),
      view: json('view').$type<TransactionView>().notNull(),
    }),
    users: schema.table('users', {
      id: text('id').primaryKey(),
      sequence: bigint('sequence', { mode: 'number' }).notNull(),
      name: text('name').notNull(),
      email: text('email').notNull(),
      emailKey: text('email_key').notNull(),
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
