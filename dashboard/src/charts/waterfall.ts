import type { Reason } from '../api/types.ts';
import { capital } from '../lib/format.ts';

export interface Step {
  key: string;
  text: string;
  note?: string;
  from: number;
  to: number;
}

/** Steps from the base value, each from where the one before ended; what is beyond `shown` is one step. */
export function waterfall(base: number, reasons: Reason[], shown: number): Step[] {
  let at = base;
  const steps = reasons.slice(0, shown).map(({ code, message, contribution }) => {
    const from = at;
    at += contribution;
    return { key: code, text: capital(message), from, to: at };
  });
  const rest = reasons.slice(shown);
  if (rest.length > 0) {
    const sum = rest.reduce((total, { contribution }) => total + contribution, 0);
    steps.push({ key: 'rest', text: `${rest.length} smaller reasons together`, from: at, to: at + sum });
  }
  return steps;
}
