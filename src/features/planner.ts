import type { Event } from '../domain/event.ts';
import { isOwnField, ownReader, ownWord } from '../domain/own-values.ts';
import { TRUTHS } from '../profiles/cell.ts';
import { WORD_COLUMNS } from '../profiles/layout.ts';
import type { Encoding, FeatureDefinition } from './definition.ts';
import type { DistinctScan } from './distinct.ts';
import { entityOf, fieldOf, type Planner, type Probe, type Walk } from './plan.ts';
import type { WindowGroup } from './windows.ts';

/** Everything that is computed from one entity's profile. */
export interface EntityPlan {
  name: string;
  /** Index among the entity types. */
  type: number;
  groups: WindowGroup[];
  probes: Probe[];
  /** All slots that it fills: NaN where the transaction names no such entity. */
  slots: number[];
}

export interface PlannerState {
  planner: Planner;
  entities: EntityPlan[];
  /** With the first slot of each. */
  walks: readonly { walk: Walk; slot: number }[];
  /** Slots handed out so far. */
  slotCount: () => number;
  /** The slots asked for since the last call that may be approximate: those of the feature being planned. */
  takeWindowSlots: () => number[];
}

type Word = (typeof WORD_COLUMNS)[number];

interface WindowRequest {
  entity: string;
  delayMs: number;
  windowMs: number;
  /** `count`, `sum`, `amounts`, a truth, or `distinct:<field>:<self>`. */
  what: string;
  definition: FeatureDefinition;
  slot: number;
}

export function createPlanner(
  entityTypes: readonly string[],
  encodings: Record<string, Encoding> | undefined,
): PlannerState {
  const entities = new Map<string, EntityPlan>();
  const shared = new Map<string, number>();
  const walks = new Map<string, { walk: Walk; slot: number }>();
  const requests: WindowRequest[] = [];
  let slotCount = 0;
  let windowSlots: number[] = [];

  function entity(name: string): EntityPlan {
    let plan = entities.get(name);
    if (plan === undefined) {
      const type = entityTypes.indexOf(name);
      if (type < 0) throw new Error(`There is no entity type ${name}: there are ${entityTypes.join(', ')}.`);
      entities.set(name, (plan = { name, type, groups: [], probes: [], slots: [] }));
    }
    return plan;
  }

  function share(plan: EntityPlan, key: string, size: number, make: (slot: number) => void): number {
    const name = `${plan.name} ${key}`;
    const known = shared.get(name);
    if (known !== undefined) return known;
    const slot = slotCount;
    slotCount += size;
    for (let i = 0; i < size; i++) plan.slots.push(slot + i);
    shared.set(name, slot);
    make(slot);
    return slot;
  }

  function window(definition: FeatureDefinition, what: string): number {
    const plan = entity(entityOf(definition));
    const windowMs = (definition.windowSeconds ?? Number.NaN) * 1000;
    const delayMs = (definition.delaySeconds ?? 0) * 1000;
    if (!(windowMs > 0 && delayMs >= 0)) throw new Error(`Feature ${definition.name} needs a window.`);
    const slot = share(plan, `${what} ${delayMs} ${windowMs}`, 1, (at) => {
      requests.push({ entity: plan.name, delayMs, windowMs, what, definition, slot: at });
    });
    windowSlots.push(slot);
    return slot;
  }

  const isWord = (field: string): field is Word => (WORD_COLUMNS as readonly string[]).includes(field);
  const planner: Planner = {
    window,
    distinct: (definition) => window(definition, `distinct:${fieldOf(definition)}:${definition.self ? 1 : 0}`),
    probe: (name, key, size, make) => {
      const plan = entity(name);
      const at = share(plan, key, size, (slot) => plan.probes.push(make(slot)));
      windowSlots.push(at);
      return at;
    },
    walk: (key, size, make) => {
      let known = walks.get(key);
      if (known === undefined) {
        walks.set(key, (known = { slot: slotCount, walk: make(slotCount, entityTypes) }));
        slotCount += size;
      }
      windowSlots.push(known.slot);
      return known.slot;
    },
    columnOf: (field) =>
      entityTypes.includes(field) ? `entity:${field}` : isWord(field) || !isOwnField(field) ? field : `word:${field}`,
    valueOf: (field) => {
      const type = entityTypes.indexOf(field);
      if (type >= 0) return (event: Event) => event.entities[type];
      if (!isWord(field) && isOwnField(field)) {
        const read = ownReader(field);
        return (event: Event) => ownWord(read(event));
      }
      if (!isWord(field)) throw new Error(`There is no field ${field} of words or entities.`);
      return (event: Event) => event[field];
    },
    encoding: (field) => (encodings === undefined ? undefined : (encodings[field] ?? { other: 0, codes: [] })),
  };
  return {
    planner,
    get entities() {
      for (const plan of entities.values()) {
        plan.groups = groupWindows(
          requests.filter((request) => request.entity === plan.name),
          planner,
        );
      }
      return [...entities.values()];
    },
    get walks() {
      return [...walks.values()];
    },
    slotCount: () => slotCount,
    takeWindowSlots: () => {
      const taken = windowSlots;
      windowSlots = [];
      return taken;
    },
  };
}

/** One group a delay; its windows ascend. */
function groupWindows(requests: WindowRequest[], planner: Planner): WindowGroup[] {
  const delays = [...new Set(requests.map((request) => request.delayMs))].sort((a, b) => a - b);
  return delays.map((delayMs) => {
    const own = requests.filter((request) => request.delayMs === delayMs);
    const windowMs = [...new Set(own.map((request) => request.windowMs))].sort((a, b) => a - b);
    const slotsOf = (what: string) =>
      windowMs.map((length) => own.find((one) => one.what === what && one.windowMs === length)?.slot ?? -1);
    const distinct = [...new Set(own.map((one) => one.what).filter((what) => what.startsWith('distinct:')))].map(
      (what): DistinctScan => {
        const { definition } = own.find((one) => one.what === what)!;
        const field = fieldOf(definition);
        return {
          columnName: planner.columnOf(field),
          column: -1,
          self: definition.self ?? false,
          valueOf: planner.valueOf(field),
          slots: slotsOf(what),
        };
      },
    );
    return {
      delayMs,
      windowMs,
      counts: slotsOf('count'),
      sums: slotsOf('sum'),
      amounts: slotsOf('amounts'),
      truths: TRUTHS.flatMap((what, truth) =>
        own.some((one) => one.what === what) ? [{ truth, slots: slotsOf(what) }] : [],
      ),
      distinct,
      starts: new Int32Array(windowMs.length),
    };
  });
}
