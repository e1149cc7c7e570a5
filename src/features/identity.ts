import { TIME } from '../profiles/layout.ts';
import type { FeatureDefinition } from './definition.ts';
import { entityOf, fieldOf, type Operation, type Planner } from './plan.ts';

/** Of the entity's earlier events with this transaction's value of `field`: how many are kept, and the newest's time. */
function meetings(definition: FeatureDefinition, planner: Planner): number {
  const field = fieldOf(definition);
  const ofEvent = planner.valueOf(field);
  return planner.probe(entityOf(definition), `meetings:${field}`, 2, (at) => {
    const columns = [-1];
    return {
      columnNames: [planner.columnOf(field)],
      columns,
      run: (view, event, slots) => {
        const base = view.offset + columns[0] * view.capacity;
        const own = ofEvent(event);
        let met = 0;
        let last = -1;
        for (let i = view.end - 1; i >= view.first; i--) {
          if (view.columns[base + i] !== own) continue;
          met++;
          if (last < 0) last = i;
        }
        slots[at] = own === 0 ? Number.NaN : met;
        slots[at + 1] = own === 0 || last < 0 ? Number.NaN : view.columns[view.offset + TIME * view.capacity + last];
      },
    };
  });
}

/** Who with whom: distinct counterparts and first meetings. */
export const identity: Record<string, Operation> = {
  /** Distinct values of `field` among the entity's events of the window. */
  distinct: (definition, planner) => {
    const slot = planner.distinct(definition);
    return (slots) => slots[slot];
  },
  /** 1 if none of the entity's kept events had this transaction's value of `field`. */
  first: (definition, planner) => {
    const at = meetings(definition, planner);
    return (slots) => (Number.isNaN(slots[at]) ? Number.NaN : slots[at] === 0 ? 1 : 0);
  },
  /** Earlier events of the entity with this transaction's value of `field`. */
  meetings: (definition, planner) => {
    const at = meetings(definition, planner);
    return (slots) => slots[at];
  },
  /** Seconds since the entity's last event with this transaction's value of `field`. */
  sinceMeeting: (definition, planner) => {
    const at = meetings(definition, planner) + 1;
    return (slots, event) => (event.time - slots[at]) / 1000;
  },
};
