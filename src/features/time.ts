import type { Event } from '../domain/event.ts';
import { entityOf, type Operation, parameter } from './plan.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const localTime = (event: Event) => event.time + event.offsetMinutes * 60_000;

/** Hour of the payer's day, 0..23. */
export function localHour(event: Event): number {
  const time = localTime(event);
  return Math.floor((time - Math.floor(time / DAY_MS) * DAY_MS) / HOUR_MS);
}

/** 0 is Monday, 6 is Sunday (the epoch was a Thursday). */
export function localWeekday(event: Event): number {
  return (((Math.floor(localTime(event) / DAY_MS) + 3) % 7) + 7) % 7;
}

/** When: the clock of the payer, and how long ago things were. */
export const time: Record<string, Operation> = {
  hour: () => (_slots, event) => localHour(event),
  weekday: () => (_slots, event) => localWeekday(event),
  weekend: () => (_slots, event) => (localWeekday(event) >= 5 ? 1 : 0),
  /** 1 up to the end of hour `parameters.untilHour`. */
  night: (definition) => {
    const until = parameter(definition, 'untilHour', 5);
    return (_slots, event) => (localHour(event) <= until ? 1 : 0);
  },
  accountAge: () => (_slots, event) => event.accountAgeDays,
  /** Seconds since the entity's last event. */
  sinceLast: (definition, planner) => {
    const slot = planner.probe(entityOf(definition), 'sinceLast', 1, (at) => ({
      columnNames: [],
      columns: [],
      unsure: (_event, slots) => (Number.isNaN(slots[at]) ? at : -1),
      run: (view, event, slots) => {
        const { end } = view;
        slots[at] = end > view.first ? (event.time - view.columns[view.offset + end - 1]) / 1000 : Number.NaN;
      },
    }));
    return (slots) => slots[slot];
  },
  /** Days since the entity was first seen; 0 for one that was never. */
  knownDays: (definition, planner) => {
    const slot = planner.probe(entityOf(definition), 'knownDays', 1, (at) => ({
      columnNames: [],
      columns: [],
      run: (view, event, slots) => {
        slots[at] = view.profile.total > 0 ? Math.max(0, event.time - view.profile.firstTime) / DAY_MS : 0;
      },
    }));
    return (slots) => slots[slot];
  },
};
