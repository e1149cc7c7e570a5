import type { FeatureDefinition } from './definition.ts';
import { entityOf, fieldOf, type Operation, type Planner } from './plan.ts';

/** Whether and when: the row of the newest of the entity's earlier events with this transaction's value of `field`. */
function lastMeeting(definition: FeatureDefinition, planner: Planner): number {
  const field = fieldOf(definition);
  const ofEvent = planner.valueOf(field);
  return planner.probe(entityOf(definition), `lastMeeting:${field}`, 2, (at) => {
    const columns = [-1];
    return {
      columnNames: [planner.columnOf(field)],
      columns,
      unsure: (_event, slots) => (slots[at] === 0 ? at : -1),
      run: (view, event, slots) => {
        const base = view.offset + columns[0] * view.capacity;
        const own = ofEvent(event);
        let row = view.end - 1;
        while (row >= view.first && view.columns[base + row] !== own) row--;
        const met = row >= view.first;
        slots[at] = own === 0 ? Number.NaN : met ? 1 : 0;
        slots[at + 1] = own !== 0 && met ? view.columns[view.offset + row] : Number.NaN;
      },
    };
  });
}

/** How many of the entity's kept events have this transaction's value of `field`. */
function meetings(definition: FeatureDefinition, planner: Planner): number {
  const field = fieldOf(definition);
  const ofEvent = planner.valueOf(field);
  return planner.probe(entityOf(definition), `meetings:${field}`, 1, (at) => {
    const columns = [-1];
    return {
      columnNames: [planner.columnOf(field)],
      columns,
      run: (view, event, slots) => {
        const base = view.offset + columns[0] * view.capacity;
        const own = ofEvent(event);
        let met = 0;
        for (let i = view.first; i < view.end; i++) if (view.columns[base + i] === own) met++;
        slots[at] = own === 0 ? Number.NaN : met;
      },
    };
  });
}

/** Who with whom: distinct counterparts and first meetings. */
export const identity: Record<string, Operation> = {
  /** What is to be decided: its index among `TRANSACTION_TYPES`. */
  type: () => (_slots, event) => event.type,
  /** Distinct values of `field` among the entity's events of the window. */
  distinct: (definition, planner) => {
    const slot = planner.distinct(definition);
    return (slots) => slots[slot];
  },
  /** 1 if none of the entity's kept events had this transaction's value of `field`. */
  first: (definition, planner) => {
    const at = lastMeeting(definition, planner);
    return (slots) => 1 - slots[at];
  },
  /** Earlier events of the entity with this transaction's value of `field`. */
  meetings: (definition, planner) => {
    const at = meetings(definition, planner);
    return (slots) => slots[at];
  },
  /** Seconds since the entity's last event with this transaction's value of `field`. */
  sinceMeeting: (definition, planner) => {
    const at = lastMeeting(definition, planner) + 1;
    return (slots, event) => (event.time - slots[at]) / 1000;
  },
};
