import type { Joining } from '../../src/domain/case.ts';
import { emailDomain, mailbox } from '../../src/domain/email.ts';
import { entityKey } from '../../src/domain/entity.ts';
import type { JournalEntry, JournalRecord, RecordType } from '../../src/journal/journal.ts';

export const ENTITY_TYPES = ['user', 'card', 'device', 'ip', 'merchant', 'email', 'terminal'] as const;
export const ENTITY_FIELDS = { terminal: 'metadata.terminal' };
/** 2026-01-01T00:00:00Z */
export const T0 = 1_767_225_600_000;

/** Dollars are the base, euros have a rate, other currencies none. */
function basedOn(amount: number, currency: string) {
  const baseRate = currency === 'USD' ? 1 : currency === 'EUR' ? 1.25 : null;
  return { amountBase: baseRate === null ? null : amount * baseRate, baseRate };
}

export interface Payment {
  id: string;
  at?: number;
  userId?: string;
  country?: string;
  amount?: number;
  currency?: string;
  decision?: 'approve' | 'review' | 'decline';
  score?: number;
  latencyMs?: number;
  cardId?: string;
  deviceId?: string;
  merchantId?: string;
  ip?: string;
  email?: string;
  terminal?: string;
  /** As today's alerts have it; absent: as they were joined before. */
  joining?: Joining;
  reasons?: { code: string; contribution: number }[];
}

/** Records with the sequences that a journal would give them. */
export function sequenced(entries: JournalEntry[], from = 1): JournalRecord[] {
  return entries.map((entry, index) => ({ ...entry, sequence: from + index, version: 1 }));
}

/** The entry of a decided payment, with every field that the engine writes. */
export function decision(payment: Payment, key = `t:${payment.id}`): JournalEntry {
  const { decision = 'approve', score = 3, latencyMs = 0.25, reasons = [] } = payment;
  const { data, ...entry } = intake(payment, key);
  return {
    ...entry,
    type: 'decision',
    data: {
      ...data,
      decision: {
        decision,
        score,
        probability: score / 100,
        isFraudulent: decision === 'decline',
        fraudExplanation: 'As usual.',
        reasons: reasons.map((reason) => ({ ...reason, value: 1, message: reason.code })),
        rules: [{ id: 'r1', outcome: 'no_hit' }],
        model: { name: 'transactions', version: '1' },
        oodWarning: [],
      },
      latencyMs,
      readSet: [],
      ...(payment.joining ? joinedBy(payment.joining, payment.email) : {}),
    },
  };
}

function joinedBy(joining: Joining, email: string | undefined) {
  return { joining, ...(email ? { named: { mailbox: entityKey('mailbox', mailbox(email)) } } : {}) };
}

export function intake(payment: Payment, key = `t:${payment.id}`): JournalEntry {
  const { id, at = T0, userId = 'u1', amount = 10, currency = 'USD', terminal } = payment;
  const { cardId, deviceId, merchantId, ip, email, country } = payment;
  const values: Record<string, string | undefined> = {
    ...{ user: userId, card: cardId, device: deviceId, ip, merchant: merchantId, email: emailDomain(email), terminal },
  };
  const personal = { email, ip, ...(terminal ? { metadata: { terminal } } : {}) };
  return {
    type: 'intake',
    at,
    key,
    data: {
      transaction: {
        ...{ id, userId, amount, amountMinor: Math.round(amount * 100), currency, ...basedOn(amount, currency) },
        ...{ time: at, offsetMinutes: 0, dated: false, receivedAt: at, warnings: [] },
        ...defined({ cardId, deviceId, merchantId, country }),
      },
      entities: ENTITY_TYPES.map((type) => entityKey(type, values[type])),
      location: 0,
      bodyHash: '0'.repeat(32),
    },
    personal: defined(personal),
  };
}

let commands = 0;

export function command(
  type: RecordType,
  data: Record<string, unknown>,
  more: { at?: number; personal?: Record<string, unknown> } = {},
): JournalEntry {
  return { type, at: more.at ?? T0, key: `c:${++commands}`, data, personal: more.personal };
}

export function label(transactionId: string, value: string, at = T0): JournalEntry {
  return command('label', { labelId: `l${++commands}`, transactionId, label: value, source: 'analyst' }, { at });
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
