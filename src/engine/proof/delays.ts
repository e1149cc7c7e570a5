import type { Draws } from './draws.ts';

/** A fraud that is known: how old it was when it became so, and how old its payment is now. Milliseconds. */
export interface Reported {
  delay: number;
  age: number;
}

/** What share of frauds of an age is known, of those that ever will be. */
export interface DelayCurve {
  /** Ages in days at which it stands, 0 first: `knownBy[i]` of them are known once `i` days have passed. */
  knownBy: readonly number[];
  /** One curve of those that the past allows. */
  draw(draws: Draws): readonly number[];
  /** Frauds that it rests on. */
  frauds: number;
}

const DAY = 86_400_000;

/**
 * From what is known so far, though of young payments only what came early is: by the hazard in reverse time, where a fraud counts for
 * the delays from its own on up to the age that its payment has reached (Lagakos, Barraj and De Gruttola, Biometrika 75, 1988). What
 * takes longer than the oldest payment is old has been seen by nobody, and nothing is said of it. Draws have a Beta for the
 * hazard of each day, which makes them a Bayesian bootstrap.
 */
export function delayCurve(reported: readonly Reported[], mostDays: number): DelayCurve {
  const days = mostDays + 1;
  const events = new Float64Array(days);
  const change = new Float64Array(days + 1);
  let frauds = 0;
  for (const { delay, age } of reported) {
    const [from, to] = [dayOf(delay, mostDays), dayOf(age, mostDays)];
    if (to < from) continue;
    events[from]++;
    change[from]++;
    change[to + 1]--;
    frauds++;
  }
  const atRisk = new Float64Array(days);
  let so = 0;
  for (let day = 0; day < days; day++) atRisk[day] = so += change[day];
  const curveOf = (hazard: (day: number) => number): number[] => {
    const knownBy = new Array<number>(days + 1).fill(1);
    for (let day = days - 1; day >= 0; day--) knownBy[day] = knownBy[day + 1] * (atRisk[day] > 0 ? 1 - hazard(day) : 1);
    return knownBy;
  };
  return {
    frauds,
    knownBy: curveOf((day) => events[day] / atRisk[day]),
    draw: (draws) => curveOf((day) => draws.beta(events[day], atRisk[day] - events[day])),
  };
}

/** Where there is no past: as if reports were spread evenly over the time that they may take. */
export function evenCurve(mostDays: number): DelayCurve {
  const knownBy = Array.from({ length: mostDays + 2 }, (_, day) => Math.min(1, day / mostDays));
  return { knownBy, draw: () => knownBy, frauds: 0 };
}

/** Of a curve, at an age of milliseconds: straight between two days. */
export function knownAt(knownBy: readonly number[], age: number): number {
  const at = Math.max(0, age / DAY);
  const day = Math.floor(at);
  if (day >= knownBy.length - 1) return 1;
  return knownBy[day] + (at - day) * (knownBy[day + 1] - knownBy[day]);
}

/** The age at which such a share is known, milliseconds: the other way round. */
export function ageAt(knownBy: readonly number[], share: number): number {
  const day = knownBy.findIndex((known) => known > share);
  if (day <= 0) return day < 0 ? (knownBy.length - 1) * DAY : 0;
  return (day - (knownBy[day] - share) / (knownBy[day] - knownBy[day - 1])) * DAY;
}

const dayOf = (ms: number, most: number) => Math.min(most, Math.max(0, Math.floor(ms / DAY)));
