import { createHmac } from 'node:crypto';
import type { Control } from '../domain/policy.ts';

const DAY = 86_400_000;

/** A decline that might be let through to learn from. */
export interface Candidate {
  /** Keys of its card and its user; 0 where absent. Drawn for the card, else for the user. */
  card: number;
  user: number;
  /** Milliseconds; the day is that of UTC. */
  recordedAt: number;
  /** In the base currency; NaN where there is no rate: it is then under no limit that could be kept. */
  amountBase: number;
  /** A hard rule declined it. */
  hard: boolean;
}

/** What there was of the same day before it. */
export interface Usage {
  /** Declines of the same entity that could have been drawn, whether they were or not. */
  ofEntity: number;
  /** What was let through of others, in the base currency. */
  amount: number;
}

/**
 * Whether a decline is one that chance alone decides about. It must not depend on the entity's own draw, or the weights of
 * those that are drawn would be wrong: so its earlier declines are counted, let through or not, and only others' money.
 */
export function isEligible(control: Control, candidate: Candidate, usage: Usage): boolean {
  const { share, maxAmount, maxPerEntity, maxDailyAmount } = control;
  const { hard, amountBase } = candidate;
  if (!(share > 0) || hard || drawnFor(candidate) === undefined) return false;
  if (maxPerEntity !== null && usage.ofEntity >= maxPerEntity) return false;
  if (maxAmount !== null && !(amountBase <= maxAmount)) return false;
  return maxDailyAmount === null || usage.amount + amountBase <= maxDailyAmount;
}

/** Whom the draw is for: an entity has one draw a day, so that trying again does not help. */
export function drawnFor({ card, user }: Pick<Candidate, 'card' | 'user'>): string | undefined {
  if (card > 0) return `card ${card}`;
  return user > 0 ? `user ${user}` : undefined;
}

/**
 * The day's draw of an entity, 0 to 1, by HMAC-SHA256 with a secret key: ids are chosen by clients and this code is public, so
 * without the key nobody can look for an id that is let through. Below the share it is let through.
 */
export function drawOf(secretHex: string, entity: string, recordedAt: number): number {
  const day = Math.floor(recordedAt / DAY);
  const digest = createHmac('sha256', Buffer.from(secretHex, 'hex'))
    .update(`control\u0000${entity}\u0000${day}`)
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** The share with which a decline is let through, where it is; the decision keeps it as `control: {share, would}`. */
export function drawControl(
  control: Control,
  secretHex: string,
  candidate: Candidate,
  usage: Usage,
): { share: number } | undefined {
  if (!isEligible(control, candidate, usage)) return undefined;
  return drawOf(secretHex, drawnFor(candidate)!, candidate.recordedAt) < control.share
    ? { share: control.share }
    : undefined;
}

/** Keeps the usage of the day; the same records in the same order give the same. */
export interface DailyUsage {
  of(candidate: Candidate): Usage;
  /** An eligible decline was decided. */
  add(candidate: Candidate, letThrough: boolean): void;
  /** For a snapshot: JSON. */
  save(): unknown;
  load(value: unknown): void;
}

/** Entities of one day at most whose declines are counted; beyond, none is eligible. */
const MAX_ENTITIES = 200_000;

export function createDailyUsage(): DailyUsage {
  let day = Number.NaN;
  let amount = 0;
  let entities = new Map<string, { declines: number; amount: number }>();
  const turn = (at: number) => {
    if (Math.floor(at / DAY) === day) return;
    day = Math.floor(at / DAY);
    amount = 0;
    entities = new Map();
  };
  return {
    of(candidate) {
      turn(candidate.recordedAt);
      const own = entities.get(drawnFor(candidate) ?? '');
      const full = own === undefined && entities.size >= MAX_ENTITIES;
      return { ofEntity: full ? Number.POSITIVE_INFINITY : (own?.declines ?? 0), amount: amount - (own?.amount ?? 0) };
    },
    add(candidate, letThrough) {
      turn(candidate.recordedAt);
      const entity = drawnFor(candidate);
      if (entity === undefined) return;
      const own = entities.get(entity) ?? { declines: 0, amount: 0 };
      const through = letThrough && !Number.isNaN(candidate.amountBase) ? candidate.amountBase : 0;
      entities.set(entity, { declines: own.declines + 1, amount: own.amount + through });
      amount += through;
    },
    save: () => (Number.isNaN(day) ? null : { day, amount, entities: [...entities] }),
    load(value) {
      if (!value) return;
      const saved = value as {
        day: number;
        amount: number;
        entities: [string, { declines: number; amount: number }][];
      };
      day = saved.day;
      amount = saved.amount;
      entities = new Map(saved.entities);
    },
  };
}
