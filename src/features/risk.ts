import { LABEL_FRAUD } from '../domain/event.ts';
import { AMOUNT, LABEL } from '../profiles/layout.ts';
import type { FeatureDefinition } from './definition.ts';
import { entityOf, fieldOf, type Operation, type Planner, parameter, type View } from './plan.ts';
import { firstAfter } from './windows.ts';

/**
 * Of the kept events up to T − delay: frauds at the end without a clean one between, times of the newest fraud and of
 * the newest clean one (that is, not known as fraud), and of the first fraud of that run: four slots.
 */
function run(definition: FeatureDefinition, planner: Planner): number {
  const delayMs = (definition.delaySeconds ?? 0) * 1000;
  return planner.probe(entityOf(definition), `fraudRun:${delayMs}`, 4, (at) => ({
    columnNames: [],
    columns: [],
    run: (view, event, slots) => {
      const end = delayMs === 0 ? view.end : firstAfter(view, event.time - delayMs, view.first, view.end);
      const clean = newest(view, end, false);
      const fraud = clean === end - 1 ? newest(view, end, true) : end - 1;
      slots[at] = end - 1 - (clean < 0 ? view.first - 1 : clean);
      slots[at + 1] = fraud < view.first ? Number.NaN : view.columns[view.offset + fraud];
      slots[at + 2] = clean < 0 ? Number.NaN : view.columns[view.offset + clean];
      slots[at + 3] = slots[at] === 0 ? Number.NaN : view.columns[view.offset + end - slots[at]];
    },
  }));
}

/** The newest row before `end` that is (or is not) a known fraud; -1 where none is. */
function newest(view: View, end: number, fraud: boolean): number {
  const base = view.offset + LABEL * view.capacity;
  if (fraud && view.profile.frauds === 0) return -1;
  for (let i = end - 1; i >= view.first; i--) {
    if (((view.columns[base + i] & LABEL_FRAUD) !== 0) === fraud) return i;
  }
  return -1;
}

/**
 * The smallest amount among the known frauds up to T − delay that are in the rows and in the window; one that is no more than others pay tells that
 * the place is bad, where a large one may be its customer's alone.
 */
function leastFraud(definition: FeatureDefinition, planner: Planner): number {
  const delayMs = (definition.delaySeconds ?? 0) * 1000;
  const windowMs = (definition.windowSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  return planner.probe(entityOf(definition), `leastFraud:${delayMs}:${windowMs}`, 1, (at) => {
    let isCut = false;
    return {
      columnNames: [],
      columns: [],
      unsure: () => (isCut ? at : -1),
      run: (view, event, slots) => {
        slots[at] = Number.NaN;
        const until = event.time - delayMs;
        isCut = view.end > view.first && until - windowMs < view.columns[view.offset + view.first];
        if (view.profile.frauds === 0) return;
        const { columns, offset, capacity } = view;
        const end = delayMs === 0 ? view.end : firstAfter(view, until, view.first, view.end);
        for (let i = end - 1; i >= view.first && columns[offset + i] > until - windowMs; i--) {
          if ((columns[offset + LABEL * capacity + i] & LABEL_FRAUD) === 0) continue;
          const amount = columns[offset + AMOUNT * capacity + i];
          if (!(amount >= slots[at])) slots[at] = Number.isNaN(amount) ? slots[at] : amount;
        }
      },
    };
  });
}

/** What is known of fraud in the entity's past. Unlabelled counts as not fraud. */
export const risk: Record<string, Operation> = {
  /** Known frauds in the window. */
  frauds: (definition, planner) => {
    const slot = planner.window(definition, 'fraud');
    return (slots) => slots[slot];
  },
  /** Share of known frauds among the window's events; `parameters.empty` (missing by default) where there are none. */
  fraudShare: (definition, planner) => {
    const frauds = planner.window(definition, 'fraud');
    const count = planner.window(definition, 'count');
    const empty = definition.parameters?.empty === undefined ? Number.NaN : parameter(definition, 'empty', 0);
    return (slots) => (slots[count] === 0 ? empty : slots[frauds] / slots[count]);
  },
  fraudRun: (definition, planner) => {
    const at = run(definition, planner);
    return (slots) => slots[at];
  },
  /** Seconds since the newest event that is known as fraud. */
  sinceFraud: (definition, planner) => {
    const at = run(definition, planner) + 1;
    return (slots, event) => (event.time - slots[at]) / 1000;
  },
  /** Seconds since the run's first fraud: how long this has been going on. */
  sinceRunStart: (definition, planner) => {
    const at = run(definition, planner) + 3;
    return (slots, event) => (event.time - slots[at]) / 1000;
  },
  /** Seconds since the newest event that is not. */
  sinceClean: (definition, planner) => {
    const at = run(definition, planner) + 2;
    return (slots, event) => (event.time - slots[at]) / 1000;
  },
  leastFraudAmount: (definition, planner) => {
    const at = leastFraud(definition, planner);
    return (slots) => slots[at];
  },
  /** The code that training learnt for the word of `field`; missing where the transaction has none. */
  encoding: (definition, planner) => {
    const wordOf = planner.valueOf(fieldOf(definition));
    const encoding = planner.encoding(fieldOf(definition));
    const raw = (word: number) => (word === 0 ? Number.NaN : word);
    if (encoding === undefined) return (_slots, event) => raw(wordOf(event));
    const codes = new Map(encoding.codes);
    return (_slots, event) => {
      const word = wordOf(event);
      return word === 0 ? Number.NaN : (codes.get(word) ?? encoding.other);
    };
  },
};
