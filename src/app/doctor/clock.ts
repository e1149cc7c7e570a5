import type { Finding } from './finding.ts';

/** What a clock may differ: beyond, payments are dated ahead (5 minutes) or windows begin at the wrong time. */
const SKEW_WARNING_MS = 2_000;
const SKEW_FAULT_MS = 60_000;

/** A time that something else told, and when it was asked by this machine's clock; milliseconds. */
export interface Told {
  by: string;
  at: number;
  here: number;
}

/**
 * Holds this machine's clock against what is at hand: `released` is the day of the newest file that this release brought, `newest` the
 * time of the newest record (neither may lie ahead), and `told` what the neighbours' clocks say.
 */
export function clock(now: number, released: number, newest: number | undefined, told: readonly Told[]): Finding {
  const time = new Date(now).toISOString();
  const advice = 'Set the clock, and keep it by NTP: windows, times to live and the order of records go by it.';
  const fault = (found: string): Finding => ({ check: 'clock', state: 'fault', found, advice });
  if (now < released) return fault(`it says ${time}, before this release was made`);
  if (newest !== undefined && newest - now > SKEW_FAULT_MS)
    return fault(`it says ${time}, and the newest record is of ${new Date(newest).toISOString()}`);
  const worst = [...told].sort((a, b) => Math.abs(b.at - b.here) - Math.abs(a.at - a.here))[0];
  const skew = worst ? worst.at - worst.here : 0;
  const found = worst
    ? `${time}; ${worst.by} is ${Math.abs(skew) < 1_000 ? 'within a second of it' : `${Math.round(skew / 1000)} s from it`}`
    : `${time}; no neighbour to compare it with`;
  if (Math.abs(skew) > SKEW_FAULT_MS) return fault(found);
  if (Math.abs(skew) > SKEW_WARNING_MS) return { check: 'clock', state: 'warning', found, advice };
  return { check: 'clock', state: 'ok', found };
}
