import { entityOf, type Operation } from './plan.ts';

/** How often and how much: events, sums and averages in windows, and events ever. */
export const velocity: Record<string, Operation> = {
  /** Events in the window. */
  count: (definition, planner) => {
    const count = planner.window(definition, 'count');
    const self = definition.self ? 1 : 0;
    return (slots) => slots[count] + self;
  },
  /** Sum of amounts in the window. */
  sum: (definition, planner) => {
    const sum = planner.window(definition, 'sum');
    const self = definition.self ? 1 : 0;
    return (slots, event) => slots[sum] + self * event.amount;
  },
  /** Average amount in the window; missing where the window is empty. */
  average: (definition, planner) => {
    const count = planner.window(definition, 'count');
    const sum = planner.window(definition, 'sum');
    const self = definition.self ? 1 : 0;
    return (slots, event) => (slots[sum] + self * event.amount) / (slots[count] + self);
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
