import { AMOUNT } from '../profiles/layout.ts';
import { entityOf, type Operation } from './plan.ts';
import { firstAfter } from './windows.ts';

/** The largest amount. */
export const maximum: Record<string, Operation> = {
  /**
   * The largest amount in the window, of the events that have one; missing where there is none. What has fallen out of the
   * kept events is not seen: the value is then marked approximate, as the window's count is.
   */
  maximum: (definition, planner) => {
    const windowMs = (definition.windowSeconds ?? Number.NaN) * 1000;
    // The count's slot says whether there is such an entity, and whether the window reaches past its oldest kept event.
    const known = planner.window(definition, 'count');
    const delayMs = (definition.delaySeconds ?? 0) * 1000;
    const slot = planner.probe(entityOf(definition), `maximum:${delayMs}:${windowMs}`, 1, (at) => ({
      columnNames: [],
      columns: [],
      run: (view, event, slots) => {
        const { columns, offset } = view;
        const until = event.time - delayMs;
        const end = delayMs === 0 ? view.end : firstAfter(view, until, view.first, view.end);
        const base = offset + AMOUNT * view.capacity;
        let most = Number.NaN;
        for (let i = end - 1; i >= view.first && columns[offset + i] > until - windowMs; i--) {
          if (!(columns[base + i] <= most) && !Number.isNaN(columns[base + i])) most = columns[base + i];
        }
        slots[at] = most;
      },
    }));
    const self = definition.self ?? false;
    return (slots, event) => {
      if (Number.isNaN(slots[known])) return Number.NaN;
      const most = slots[slot];
      return self && !(event.amount <= most) && !Number.isNaN(event.amount) ? event.amount : most;
    };
  },
};
