import type { Random } from './random.ts';
import type { GeneratedType } from './transaction.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * When the truth about a payment arrives, or undefined if it never does. Frauds: chargebacks after 5 to 60 days
 * (log-normal, median 18), some caught by analysts within hours, some never reported. Legitimate payments: a small
 * sample that analysts looked at. Of logins, registrations and payouts nobody charges anything back: analysts and their owners
 * find seven in ten within days.
 */
export function labelTime(random: Random, time: number, fraud: boolean, type: GeneratedType): number | undefined {
  const share = random.float();
  if (fraud && type !== 'payment')
    return share < 0.7
      ? Math.round(time + Math.min(10 * DAY, Math.max(HOUR / 2, random.logNormal(1, 1.2) * DAY)))
      : undefined;
  if (!fraud) return share < 0.02 ? Math.round(time + random.between(0.5, 12) * HOUR) : undefined;
  if (share < 0.1) return undefined;
  if (share < 0.22) return Math.round(time + random.between(0.5, 12) * HOUR);
  const days = Math.min(60, Math.max(5, random.logNormal(18, 0.55)));
  return Math.round(time + days * DAY);
}

/** Chargebacks take days, analysts hours. */
export function labelSource(delayMs: number): 'chargeback' | 'analyst' {
  return delayMs < DAY ? 'analyst' : 'chargeback';
}
