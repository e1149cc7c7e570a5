/** What a webhook may ask for: all of the live feed but its statistics. */
export const WEBHOOK_TYPES = [
  'transaction.decided',
  'transaction.finalized',
  'transaction.narrated',
  'transaction.reviewed',
  'label.recorded',
  'dispute.recorded',
  'event.recorded',
  'alert',
  'case.changed',
  'case.overdue',
  'model.promoted',
  'model.fell_back',
  'policy.changed',
  'drift.detected',
] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** Each reads the log for itself. */
export const MAX_WEBHOOKS = 50;
