import type { Random } from './random.ts';
import type { FraudKind, Life } from './transaction.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Why issuers refuse, in their words for it, and how often of a hundred refusals of honest payers. */
const HONEST_REFUSALS: readonly [code: string, weight: number][] = [
  ['insufficient_funds', 44],
  ['do_not_honor', 27],
  ['incorrect_cvc', 14],
  ['expired_card', 9],
  ['limit_exceeded', 6],
];
const STOLEN_REFUSALS: readonly [code: string, weight: number][] = [
  ['do_not_honor', 34],
  ['suspected_fraud', 22],
  ['stolen_card', 14],
  ['insufficient_funds', 14],
  ['incorrect_cvc', 10],
  ['lost_card', 6],
];
const TESTED_REFUSALS: readonly [code: string, weight: number][] = [
  ['incorrect_cvc', 40],
  ['invalid_number', 24],
  ['do_not_honor', 18],
  ['expired_card', 12],
  ['stolen_card', 6],
];

/** Shares of payments that the issuer refuses. */
const HONEST_REFUSED = 0.025;
const FRAUD_REFUSED: Readonly<Partial<Record<FraudKind, number>>> = {
  card_testing: 0.7,
  account_takeover: 0.08,
  stolen_cards: 0.25,
  compromised_merchant: 0.12,
  mule_ring: 0.02,
  slow_low: 0.04,
  bust_out: 0.1,
};

export interface Fate {
  time: number;
  amount: number;
  digits: number;
  brand: string | undefined;
  kind: FraudKind | undefined;
  /** Web, app or telephone. */
  remote: boolean;
  /** Whether the shop tells what became of its payments. */
  told: boolean;
  /** When the truth came out, if it did; milliseconds. */
  labelledAt: number | undefined;
  /** This refusal is how the story goes; undefined leaves it to chance. */
  refused?: boolean | string;
}

/** What becomes of a card payment: the issuer's answer, settlement, refund, early warning, dispute and its end. */
export function lifeOf(random: Random, fate: Fate): Life {
  const refusal = refusalOf(random, fate);
  const life: Life = {};
  if (fate.told) life.outcome = answerOf(random, fate, refusal);
  if (refusal !== undefined) return life;
  const answeredAt = fate.time + 2_000;
  if (fate.told) life.settledAt = Math.round(answeredAt + random.between(0.5, 3) * DAY);
  if (fate.told && fate.kind === undefined && random.chance(0.03)) life.refund = refundOf(random, fate);
  // Analysts find some within hours; what the cardholder finds is disputed.
  const days = fate.labelledAt === undefined ? 0 : (fate.labelledAt - fate.time) / DAY;
  if (fate.kind !== undefined) {
    if (days >= 1) disputed(random, fate, life);
  } else if (random.chance(0.0016)) honestDispute(random, fate, life);
  return life;
}

function refusalOf(random: Random, { kind, refused }: Fate): string | undefined {
  const share = kind === undefined ? HONEST_REFUSED : (FRAUD_REFUSED[kind] ?? 0);
  const chance = random.chance(share);
  const codes = kind === undefined ? HONEST_REFUSALS : kind === 'card_testing' ? TESTED_REFUSALS : STOLEN_REFUSALS;
  const code = weighted(random, codes);
  if (typeof refused === 'string') return refused;
  return (refused ?? chance) ? code : undefined;
}

function weighted(random: Random, items: readonly [string, number][]): string {
  let left = random.float() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) if ((left -= weight) < 0) return item;
  return items[0][0];
}

/** Letters of the card schemes: matched, not matched, not available. */
function answerOf(random: Random, { time, kind, remote }: Fate, refusal: string | undefined): Life['outcome'] {
  const stolen = kind !== undefined && kind !== 'bust_out' && kind !== 'mule_ring';
  const letter = (right: string, wrong: number, absent: number) =>
    random.chance(absent) ? 'U' : random.chance(wrong) ? 'N' : right;
  const avs = letter('Y', stolen ? 0.35 : 0.05, 0.4);
  const cvc = refusal === 'incorrect_cvc' ? 'N' : letter('M', stolen ? 0.12 : 0.01, 0.15);
  const secured = random.chance(0.25);
  return {
    at: Math.round(time + random.between(300, 3_000)),
    type: refusal === undefined ? 'authorized' : 'refused',
    ...(refusal === undefined ? {} : { code: refusal }),
    ...(remote ? { avs, cvc, ...(secured ? { threeDS: stolen ? 'A' : 'Y' } : {}) } : {}),
  };
}

function refundOf(random: Random, { time, amount, digits }: Fate): Life['refund'] {
  const scale = 10 ** digits;
  const part = random.chance(0.7) ? 1 : random.between(0.1, 0.9);
  return {
    at: Math.round(time + random.between(1, 21) * DAY),
    amount: Math.max(1, Math.round(amount * part * scale)) / scale,
  };
}

/** Codes by which the schemes name fraud in which the card was not there, and what honest people complain of. */
const FRAUD_CODES: Readonly<Record<string, string>> = { visa: '10.4', mastercard: '4837', amex: 'F29' };
const PRESENT_CODES: Readonly<Record<string, string>> = { visa: '10.3', mastercard: '4870', amex: 'F30' };
const COMPLAINTS: Readonly<Record<string, readonly string[]>> = {
  visa: ['13.1', '13.3', '13.7', '12.6.1'],
  mastercard: ['4853', '4834'],
  amex: ['C08', 'C31', 'P08'],
};

function disputed(random: Random, fate: Fate, life: Life): void {
  const scheme = fate.brand ?? 'visa';
  const at = fate.labelledAt as number;
  if (scheme !== 'amex' && random.chance(0.45))
    life.warning = {
      at: Math.round(Math.max(fate.time + DAY, at - random.between(0.5, 4) * DAY)),
      scheme,
      reasonCode: scheme === 'visa' ? '6' : '06',
    };
  life.dispute = {
    ...{ at, scheme, reasonCode: (fate.remote ? FRAUD_CODES : PRESENT_CODES)[scheme] },
    ...closing(random, at, 0.06),
  };
}

/** Goods that never came, or someone who does not remember: friendly fraud is told as fraud and is none. */
function honestDispute(random: Random, fate: Fate, life: Life): void {
  const scheme = fate.brand ?? 'visa';
  const at = Math.round(fate.time + Math.min(90, Math.max(4, random.logNormal(25, 0.5))) * DAY);
  const friendly = random.chance(0.4);
  const reasonCode = friendly ? FRAUD_CODES[scheme] : random.pick(COMPLAINTS[scheme]);
  life.dispute = { at, scheme, reasonCode, ...closing(random, at, friendly ? 0.35 : 0.25) };
}

function closing(random: Random, at: number, won: number) {
  return {
    status: random.chance(won) ? ('won' as const) : ('lost' as const),
    closedAt: Math.round(at + random.between(12, 60) * DAY),
  };
}
