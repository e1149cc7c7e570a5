import type { Event } from '../domain/event.ts';
import { compile } from '../features/compile.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Profiles } from '../profiles/profiles.ts';

/** What the profiles held at the end of a history, and its newest events. */
export interface CostSample {
  profiles: Profiles;
  entityTypes: readonly string[];
  events: readonly Event[];
}

/** Events that are put through a list at least, after half as many to warm up. */
const EVENTS = 1_000;

/** Microseconds that a vector of these features takes, on the machine that trains; `stopwatch` in milliseconds. */
export function costUs(definitions: readonly FeatureDefinition[], sample: CostSample, stopwatch: () => number): number {
  const { profiles, entityTypes, events } = sample;
  if (events.length === 0 || definitions.length === 0) return 0;
  const extractor = compile(definitions, { entityTypes });
  const vector = new Float64Array(definitions.length);
  const run = (count: number) => {
    for (let i = 0; i < count; i++) extractor.extract(profiles, events[i % events.length], vector);
  };
  run(EVENTS / 2);
  const began = stopwatch();
  run(EVENTS);
  return ((stopwatch() - began) * 1000) / EVENTS;
}

/** Keeps copies of the newest events: the reader uses one over and over. */
export function newestEvents(most: number): { add(event: Event): void; events(): Event[] } {
  const ring: Event[] = [];
  let at = 0;
  return {
    add(event) {
      ring[at] = { ...event, entities: event.entities.slice() };
      at = (at + 1) % most;
    },
    events: () => ring,
  };
}
