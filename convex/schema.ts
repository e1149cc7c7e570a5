import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';

const numberOrNull = v.union(v.number(), v.null());
const text = v.optional(v.string());
/** What both tables of payments have. Times are milliseconds, amounts major units; `details` is the payment as Assay's API shows it, JSON. */
const payment = {
  id: v.string(),
  userId: v.string(),
  type: v.string(),
  amount: numberOrNull,
  currency: v.string(),
  status: v.string(),
  createdAt: v.number(),
  details: v.string(),
};

/** A payment that was taken in and is not decided: `processing`, or `failed` with its error. */
export const temporary = v.object({ ...payment, error: text });

/** A decided payment: `pending` until it is `finalized`. `alert`: a review or decline that nobody has settled yet. */
export const decided = v.object({
  ...payment,
  decision: v.string(),
  score: numberOrNull,
  isFraudulent: v.boolean(),
  fraudExplanation: v.string(),
  alert: v.boolean(),
  label: text,
  productCategory: text,
  merchantId: text,
  country: text,
  channel: text,
  transactionDate: v.number(),
});

export const person = v.object({
  id: v.string(),
  name: v.string(),
  email: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
});

/** How far the copy has come: `turn` counts the writes, `sequence` is the last record of the log that is in it, `key` that record's. */
export const place = {
  turn: v.number(),
  sequence: v.number(),
  key: v.string(),
  clearing: v.boolean(),
};

export default defineSchema({
  users: defineTable(person).index('by_assay_id', ['id']).index('by_email', ['email']),
  transactions: defineTable(decided)
    .index('by_assay_id', ['id'])
    .index('by_created', ['createdAt'])
    .index('by_user', ['userId', 'createdAt'])
    .index('by_alert', ['alert', 'createdAt']),
  tempTransactions: defineTable(temporary).index('by_assay_id', ['id']).index('by_user', ['userId', 'createdAt']),
  assayPlace: defineTable(place),
});
