import { type Event, LABEL_FRAUD } from '../domain/event.ts';
import { counterpartsOf } from '../profiles/counterparts.ts';
import { profileKey } from '../profiles/keys.ts';
import { ID, LABEL } from '../profiles/layout.ts';
import type { Profile, Profiles } from '../profiles/profiles.ts';
import type { FeatureDefinition } from './definition.ts';
import { createKeySet } from './key-set.ts';
import { type Operation, type Planner, parameter, type Walk } from './plan.ts';
import { firstAfter } from './windows.ts';

/**
 * Who belongs together: entities that payments name together, walked in breadth from those of the payment. What joins two is what
 * the profile of the nearer one keeps (`counterparts.ts`): a user's does not keep mailboxes, a mailbox's keeps its users. Exact over
 * all that profiles keep and marked approximate beyond, where an entity has lost its older events or a bound was met.
 */
export const LINKED_ENTITIES = ['user', 'card', 'device', 'mailbox', 'payee'] as const;

const SIZE = 0;
const FRAUDS = 1;
const DISTANCE = 2;

/** What one walk may meet and read: some 50 µs at most. */
const MAX_NODES = 512;
const MAX_ROWS = 8192;

function walk(definition: FeatureDefinition, planner: Planner): number {
  const steps = parameter(definition, 'steps', 2);
  const hub = parameter(definition, 'hub', 50);
  const windowMs = 1000 * (definition.windowSeconds ?? Number.POSITIVE_INFINITY);
  if (definition.entity !== undefined)
    throw new Error(`Feature ${definition.name} is of no entity: it walks over all.`);
  return planner.walk(`links:${steps}:${hub}:${windowMs}`, 3, (at, types) =>
    createWalk(at, types, { steps, hub, windowMs }),
  );
}

/** Column numbers of a type's linked counterparts, and which types they are. */
interface Sides {
  columns: number[];
  types: number[];
}

interface Bounds {
  steps: number;
  /** An entity with more others is a hub. */
  hub: number;
  /** Payments of so long before this one join. */
  windowMs: number;
}

function createWalk(at: number, entityTypes: readonly string[], bounds: Bounds): Walk {
  const linked = LINKED_ENTITIES.filter((name) => entityTypes.includes(name));
  const others = (name: string) => linked.filter((other) => counterpartsOf(name, entityTypes).includes(other));
  const columnNames = Object.fromEntries(linked.map((name) => [name, others(name).map((other) => `entity:${other}`)]));
  const own = linked.map((name) => entityTypes.indexOf(name));
  const sides: Sides[] = entityTypes.map(() => ({ columns: [], types: [] }));
  return {
    columnNames,
    bind(layouts) {
      for (const name of linked) {
        const type = entityTypes.indexOf(name);
        const { names } = layouts[type];
        sides[type] = {
          types: others(name).map((other) => entityTypes.indexOf(other)),
          columns: columnNames[name].map((column) => names.indexOf(column)),
        };
        if (sides[type].columns.includes(-1))
          throw new Error(`Profiles of ${name} do not keep whom they are seen with.`);
      }
    },
    run: (profiles, event, slots) => runWalk({ profiles, event, own, sides, ...bounds }, slots, at),
  };
}

interface Walking extends Bounds {
  profiles: Profiles;
  event: Event;
  own: readonly number[];
  sides: readonly Sides[];
}

/** Entities in the order in which they are met. A key tells its type, so keys alone tell entities apart. */
const nodeKeys = new Float64Array(MAX_NODES);
const nodeTypes = new Uint8Array(MAX_NODES);
const nodeSteps = new Uint8Array(MAX_NODES);
const met = createKeySet(2 * MAX_NODES);
const frauds = createKeySet(2 * MAX_ROWS);
const seen = createKeySet(1024);
/** The others of one entity: more than `hub` are not gathered. */
const otherKeys: number[] = [];
const otherTypes: number[] = [];

/** Returns whether what is known is cut somewhere. */
function runWalk(walking: Walking, slots: Float64Array, at: number): boolean {
  const { profiles, event, own, sides, steps, hub, windowMs } = walking;
  met.clear();
  frauds.clear();
  let nodes = 0;
  for (const type of own) {
    const key = event.entities[type];
    if (!(key > 0)) continue;
    if (!met.add(key)) continue;
    nodeKeys[nodes] = key;
    nodeTypes[nodes] = type;
    nodeSteps[nodes++] = 0;
  }
  if (nodes === 0) {
    slots.fill(Number.NaN, at, at + 3);
    return false;
  }
  let size = 0;
  let nearest = Number.NaN;
  let rough = false;
  let room = MAX_ROWS;
  for (let n = 0; n < nodes; n++) {
    const step = nodeSteps[n];
    const profile = profiles.get(nodeTypes[n], profileKey(nodeKeys[n], event.type));
    size++;
    if (profile === undefined) continue;
    const end = firstAfter(profile, event.time, profile.start, profile.start + profile.count);
    const first = firstAfter(profile, event.time - windowMs, profile.start, end);
    room -= end - first;
    if (room < 0) {
      rough = true;
      break;
    }
    if (gatherOthers(profile, first, end, sides[nodeTypes[n]], hub)) {
      // Strangers share it, whatever it lost: it counts where the payment names it, and nothing is learnt of others by it.
      if (step > 0) size--;
      continue;
    }
    rough ||= first === profile.start && profile.buckets !== undefined;
    if (profile.frauds > 0 && gatherFrauds(profile, first, end) && !(nearest <= step)) nearest = step;
    if (step === steps) continue;
    for (let o = 0; o < otherKeys.length; o++) {
      if (nodes === MAX_NODES) {
        rough = true;
        break;
      }
      if (!met.add(otherKeys[o])) continue;
      nodeKeys[nodes] = otherKeys[o];
      nodeTypes[nodes] = otherTypes[o];
      nodeSteps[nodes++] = step + 1;
    }
  }
  slots[at + SIZE] = size;
  slots[at + FRAUDS] = frauds.size;
  slots[at + DISTANCE] = nearest;
  return rough;
}

/** Distinct others, those of the newest events first; true as soon as there are more than a hub may have. */
function gatherOthers(profile: Profile, first: number, end: number, { columns, types }: Sides, hub: number): boolean {
  seen.clear();
  otherKeys.length = 0;
  otherTypes.length = 0;
  const { capacity, offset, columns: cells } = profile;
  for (let c = 0; c < columns.length; c++) {
    const base = offset + columns[c] * capacity;
    let previous = 0;
    for (let row = end - 1; row >= first; row--) {
      const key = cells[base + row];
      if (key === 0 || key === previous) continue;
      previous = key;
      if (!seen.add(key)) continue;
      if (otherKeys.length === hub) return true;
      otherKeys.push(key);
      otherTypes.push(types[c]);
    }
  }
  return false;
}

/** Adds the ids of events that are known as fraud; whether there are any. */
function gatherFrauds({ capacity, offset, columns }: Profile, first: number, end: number): boolean {
  let found = false;
  for (let row = first; row < end; row++) {
    if ((columns[offset + LABEL * capacity + row] & LABEL_FRAUD) === 0) continue;
    frauds.add(columns[offset + ID * capacity + row]);
    found = true;
  }
  return found;
}

export const links: Record<string, Operation> = {
  /** Entities within `parameters.steps` (2) of those that the payment names, these included; hubs are named, not counted. */
  linkedEntities: (definition, planner) => {
    const at = walk(definition, planner);
    return (slots) => slots[at + SIZE];
  },
  /** Different payments of these that are known as fraud. */
  linkedFrauds: (definition, planner) => {
    const at = walk(definition, planner);
    return (slots) => slots[at + FRAUDS];
  },
  /** Steps to the nearest of these with a known fraud: 0 where the payment names it itself; missing where there is none. */
  fraudDistance: (definition, planner) => {
    const at = walk(definition, planner);
    return (slots) => slots[at + DISTANCE];
  },
};
