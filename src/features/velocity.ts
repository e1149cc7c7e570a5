import type { Event } from '../domain/event.ts';
import type { FeatureDefinition } from './definition.ts';
import { entityOf, type Operation } from './plan.ts';

/** What the transaction itself adds to a sum: nothing where it has no amount, as without a rate. */
function ownAmount(definition: FeatureDefinition): (event: Event) => number {
  return definition.self ? ({ amount }) => (Number.isNaN(amount) ? 0 : amount) : () => 0;
}

/** How often and how much: events, sums and averages in windows, and events ever. */
export const velocity: Record<string, Operation> = {
  /** Events in the window. */
  count: (definition, planner) => {
    const count = planner.window(definition, 'count');
    const self = definition.self ? 1 : 0;
    return (slots) => slots[count] + self;
  },
  /** Sum of the amounts in the window; an event without one is left out. */
  sum: (definition, planner) => {
    const sum = planner.window(definition, 'sum');
    const own = ownAmount(definition);
    return (slots, event) => slots[sum] + own(event);
  },
  /** Average of the amounts in the window; missing where there is none. */
  average: (definition, planner) => {
    const amounts = planner.window(definition, 'amounts');
    const sum = planner.window(definition, 'sum');
    const own = ownAmount(definition);
    return (slots, event) =>
      (slots[sum] + own(event)) / (slots[amounts] + (definition.self && !Number.isNaN(event.amount) ? 1 : 0));
  },
  /** Events of the window per event of a longer one (`parameters.baseSeconds`), as a rate: 1 is the usual pace. */
  pace: (definition, planner) => {
    const baseSeconds = Number(definition.parameters?.baseSeconds);
    const short = planner.window(definition, 'count');
    const long = planner.window({ ...definition, windowSeconds: baseSeconds }, 'count');
    const scale = baseSeconds / definition.windowSeconds!;
    return (slots) => (slots[short] * scale) / slots[long];
  },
  /** Events ever seen of the entity before this one. */
  total: (definition, planner) => {
    const slot = planner.probe(entityOf(definition), 'total', 1, (at) => ({
      columnNames: [],
      columns: [],
      run: (view, _event, slots) => {
        // What happened after T is not known at T.
        slots[at] = view.profile.total - (view.profile.start + view.profile.count - view.end);
      },
    }));
    return (slots) => slots[slot];
  },
};
