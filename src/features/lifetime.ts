import { LABEL_FRAUD, LABEL_LEGITIMATE } from '../domain/event.ts';
import { type Buckets, EVENTS, readBuckets, TRUTH, WIDTH } from '../profiles/buckets.ts';
import { LABEL } from '../profiles/layout.ts';
import type { FeatureDefinition } from './definition.ts';
import { entityOf, type Operation, type Planner, parameter, type View } from './plan.ts';
import { firstAfter } from './windows.ts';

/**
 * What is known of an entity's whole life, whatever fell out of its rows: events, frauds and confirmed-legitimate ones with a time
 * up to T − delay. They are the sizes of sets, kept as rows and as one total of all that fell out, so a label that comes late,
 * twice, or turns changes them as it should. Exact unless T − delay lies before the oldest kept row; then hours and days tell
 * how much of what fell out is younger.
 */
export const COUNT = 0;
export const FRAUDS = 1;
const LEGITIMATE = 2;

const FRAUD_COLUMN = TRUTH;
const LEGITIMATE_COLUMN = TRUTH + 1;
const younger = new Float64Array(WIDTH);

export function life(definition: FeatureDefinition, planner: Planner): number {
  const delayMs = (definition.delaySeconds ?? 0) * 1000;
  return planner.probe(entityOf(definition), `life:${delayMs}`, 3, (at) => {
    let rough = false;
    return {
      columnNames: [],
      columns: [],
      unsure: () => (rough ? at : -1),
      run: (view, event, slots) => {
        const until = event.time - delayMs;
        const end = delayMs === 0 ? view.end : firstAfter(view, until, view.first, view.end);
        slots[at + COUNT] = end - view.first;
        slots[at + FRAUDS] = known(view, end, LABEL_FRAUD);
        slots[at + LEGITIMATE] = known(view, end, LABEL_LEGITIMATE);
        const { buckets } = view.profile;
        rough = false;
        if (buckets === undefined) return;
        rough = isCut(view, until);
        if (rough) readBuckets(buckets, until, Number.POSITIVE_INFINITY, younger);
        else younger.fill(0);
        slots[at + COUNT] += buckets.ever[EVENTS] - younger[EVENTS];
        slots[at + FRAUDS] += buckets.ever[FRAUD_COLUMN] - younger[FRAUD_COLUMN];
        slots[at + LEGITIMATE] += buckets.ever[LEGITIMATE_COLUMN] - younger[LEGITIMATE_COLUMN];
      },
    };
  });
}

/** Whether some of what fell out may be younger than this: all of it is older than the oldest row. */
const isCut = (view: View, until: number) => until < view.columns[view.offset + view.first];

/** Kept rows before `end` of which the bit is known. */
function known(view: View, end: number, bit: number): number {
  const { profile, columns } = view;
  if ((profile.seen & bit) === 0 || (bit === LABEL_FRAUD && profile.frauds === 0)) return 0;
  if (bit === LABEL_FRAUD && end === profile.start + profile.count) return profile.frauds;
  const base = view.offset + LABEL * view.capacity;
  let count = 0;
  for (let i = view.first; i < end; i++) if ((columns[base + i] & bit) !== 0) count++;
  return count;
}

/** The time of the newest known fraud: exact among the rows, else the middle of the hour or day that it fell into. */
function newestFraud(definition: FeatureDefinition, planner: Planner): number {
  const delayMs = (definition.delaySeconds ?? 0) * 1000;
  return planner.probe(entityOf(definition), `newestFraud:${delayMs}`, 1, (at) => {
    let rough = false;
    return {
      columnNames: [],
      columns: [],
      unsure: () => (rough ? at : -1),
      run: (view, event, slots) => {
        const until = event.time - delayMs;
        const end = delayMs === 0 ? view.end : firstAfter(view, until, view.first, view.end);
        const row = fraudRow(view, end);
        const { buckets } = view.profile;
        rough = row < 0 && buckets !== undefined;
        slots[at] = row >= 0 ? view.columns[view.offset + row] : buckets ? fraudBucket(buckets, until) : Number.NaN;
      },
    };
  });
}

function fraudRow(view: View, end: number): number {
  if (view.profile.frauds === 0) return -1;
  const base = view.offset + LABEL * view.capacity;
  let row = end - 1;
  while (row >= view.first && (view.columns[base + row] & LABEL_FRAUD) === 0) row--;
  return row < view.first ? -1 : row;
}

/** Of what fell out. Where a fraud is older than all days that are kept, the oldest of these: it was at least so long ago. */
function fraudBucket({ hours, days, ever }: Buckets, until: number): number {
  if (ever[FRAUD_COLUMN] === 0) return Number.NaN;
  for (const { size, unitMs, cells } of hours.evicted ? [hours, days] : [hours]) {
    for (let i = size - 1; i >= 0; i--) {
      const middle = (cells[WIDTH * i] + 0.5) * unitMs;
      if (middle <= until && cells[WIDTH * i + FRAUD_COLUMN] > 0) return middle;
    }
  }
  const oldest = (days.cells[0] + 0.5) * days.unitMs;
  return days.evicted && oldest <= until ? oldest : Number.NaN;
}

/** Frauds of a share as they lie in a number with its events, until training knows what the share is drawn towards. */
export const SHARE_UNIT = 2 ** 21;

/** (frauds + weight × prior) / (events + weight). */
export const drawn = (frauds: number, events: number, prior: number, weight: number) =>
  (frauds + weight * prior) / (events + weight);

export const shareWeight = (definition: FeatureDefinition) => parameter(definition, 'weight', 20);

export const lifetime: Record<string, Operation> = {
  /** Events ever, up to T − delay. */
  everCount: (definition, planner) => {
    const at = life(definition, planner) + COUNT;
    return (slots) => slots[at];
  },
  /** Of these, known frauds. */
  everFrauds: (definition, planner) => {
    const at = life(definition, planner) + FRAUDS;
    return (slots) => slots[at];
  },
  /** Of these, confirmed as legitimate. */
  everLegitimate: (definition, planner) => {
    const at = life(definition, planner) + LEGITIMATE;
    return (slots) => slots[at];
  },
  /**
   * Share of known frauds among all of them, drawn towards `parameters.prior` with the weight of `parameters.weight` events. Without a
   * prior it is both counts in one number, from which training makes the share: see `training/priors.ts`.
   */
  everFraudShare: (definition, planner) => {
    const at = life(definition, planner);
    const weight = shareWeight(definition);
    if (definition.parameters?.prior === undefined)
      return (slots) => slots[at + COUNT] * SHARE_UNIT + Math.min(slots[at + FRAUDS], SHARE_UNIT - 1);
    const prior = parameter(definition, 'prior', 0);
    return (slots) => drawn(slots[at + FRAUDS], slots[at + COUNT], prior, weight);
  },
  /** Seconds since the newest event that is known as fraud, however long ago; missing where there is none. */
  sinceEverFraud: (definition, planner) => {
    const at = newestFraud(definition, planner);
    return (slots, event) => (event.time - slots[at]) / 1000;
  },
};
