import { AMOUNT } from '../profiles/layout.ts';
import type { FeatureDefinition } from './definition.ts';
import { FLOOR, HABIT_DEVIATION, HABIT_MAX, HABIT_MEAN, habit, habitMedian } from './habit.ts';
import { entityOf, type Operation, type Planner, parameter } from './plan.ts';

function habitOf(definition: FeatureDefinition, planner: Planner): number {
  return habit(planner, entityOf(definition), parameter(definition, 'newest', 100));
}

function medianOf(definition: FeatureDefinition, planner: Planner): number {
  return habitMedian(planner, entityOf(definition), parameter(definition, 'newest', 100));
}

function ratioTo(slotOf: (definition: FeatureDefinition, planner: Planner) => number): Operation {
  return (definition, planner) => {
    const at = slotOf(definition, planner);
    return (slots, event) => (Number.isNaN(slots[at]) ? Number.NaN : event.amount / Math.max(slots[at], FLOOR));
  };
}

/** The amount by itself and against what the entity usually pays (its newest `parameters.newest` events, 100 by default). */
export const amount: Record<string, Operation> = {
  amount: () => (_slots, event) => event.amount,
  /**
   * Deviations from the mean. The deviation is floored at a twentieth of the mean and at 1, so that someone who
   * always pays the same does not make a cent look strange.
   */
  amountDeviations: (definition, planner) => {
    const at = habitOf(definition, planner);
    return (slots, event) => {
      const mean = slots[at + HABIT_MEAN];
      const deviation = Math.max(slots[at + HABIT_DEVIATION], mean / 20, FLOOR);
      return (event.amount - mean) / deviation;
    };
  },
  amountToMean: ratioTo((definition, planner) => habitOf(definition, planner) + HABIT_MEAN),
  amountToMedian: ratioTo(medianOf),
  amountToMax: ratioTo((definition, planner) => habitOf(definition, planner) + HABIT_MAX),
  /** How many of the newest `parameters.last`, within the window if there is one, were over `parameters.times` the median. */
  farAbove: (definition, planner) => {
    const entity = entityOf(definition);
    const last = parameter(definition, 'last', 10);
    const times = parameter(definition, 'times', 3);
    const windowMs = (definition.windowSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const median = medianOf(definition, planner);
    const slot = planner.probe(entity, `farAbove:${last}:${windowMs}:${times}:${median}`, 1, (at) => ({
      columnNames: [],
      columns: [],
      run: (view, event, slots) => {
        const { columns, offset, end } = view;
        const base = offset + AMOUNT * view.capacity;
        const limit = times * Math.max(slots[median], FLOOR);
        const first = Math.max(view.first, end - last);
        let far = 0;
        for (let i = end - 1; i >= first && columns[offset + i] > event.time - windowMs; i--) {
          if (columns[base + i] > limit) far++;
        }
        slots[at] = far;
      },
    }));
    return (slots) => slots[slot];
  },
  /** How far under the next round number: 0.01 for 99.99 or 499.99. Round numbers are multiples of `parameters.step`. */
  belowRound: (definition) => {
    const step = parameter(definition, 'step', 50);
    return (_slots, event) => {
      const above = Math.ceil(Math.round(event.amount * 100) / (step * 100)) * step;
      return Math.round((above - event.amount) * 100) / 100;
    };
  },
  /** 1 for an amount of at most `parameters.limit`, as those who try stolen cards use. */
  smallAmount: (definition) => {
    const limit = parameter(definition, 'limit', 5);
    return (_slots, event) => (Number.isNaN(event.amount) ? Number.NaN : event.amount <= limit ? 1 : 0);
  },
};
