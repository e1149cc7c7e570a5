import type { Event } from '../domain/event.ts';
import type { OwnSchema } from '../domain/own-columns.ts';
import { isOwnField, ownBoolean, ownNumber, ownReader, ownTime } from '../domain/own-values.ts';
import type { FeatureDefinition } from './definition.ts';
import { distanceKm } from './geography.ts';
import { entityOf, fieldOf, type Operation, parameter } from './plan.ts';

const DAY_MS = 86_400_000;

/** The features of one's own columns, by their names in the schema: see `domain/own-columns.ts`. Entities have those of the catalogue. */
export function ownFeatures(schema: OwnSchema | undefined): FeatureDefinition[] {
  return Object.entries(schema ?? {}).flatMap(([name, { type, field }]): FeatureDefinition[] => {
    if (typeof field !== 'string') {
      const [latitude, longitude] = field;
      return [{ name: `${name}_distance_km`, operation: 'ownDistance', parameters: { latitude, longitude } }];
    }
    switch (type) {
      case 'number':
        return [
          { name, operation: 'ownNumber', field },
          { name: `user_${name}_above_usual`, operation: 'ownAboveUsual', entity: 'user', field },
        ];
      case 'category':
        return [
          { name: `${name}_risk`, operation: 'encoding', field, parameters: { folds: FOLDS } },
          { name: `user_new_${name}`, operation: 'first', entity: 'user', field },
        ];
      case 'boolean':
        return [{ name, operation: 'ownBoolean', field }];
      case 'time':
        return [{ name: `${name}_days_ago`, operation: 'ownDaysAgo', field }];
      default:
        return [];
    }
  });
}

/** Parts of the training rows; the code of a row's word comes from the other parts: see `training/encoding.ts`. */
const FOLDS = 5;

/** The catalogue and the features of one's own columns. Throws an Error where a name is taken. */
export function withOwnFeatures(
  catalogue: readonly FeatureDefinition[],
  schema: OwnSchema | undefined,
): FeatureDefinition[] {
  const own = ownFeatures(schema);
  const taken = own.find(({ name }) => catalogue.some((one) => one.name === name));
  if (taken)
    throw new Error(`schema: there is a feature ${taken.name} already, of another column; give yours another name.`);
  return [...catalogue, ...own];
}

/** Events that a user's usual number is told from. */
const NEWEST = 20;

function reader(field: string): (event: Event) => unknown {
  if (!isOwnField(field)) throw new Error(`There is no field ${field}: one's own are metadata.….`);
  return ownReader(field);
}

function median(values: number[]): number {
  return values.length === 0 ? Number.NaN : values.sort((a, b) => a - b)[(values.length - 1) >> 1];
}

/** What a transaction says in columns that only its sender knows. Missing where it says nothing, or nothing of that type. */
export const own: Record<string, Operation> = {
  ownNumber: (definition) => {
    const read = reader(fieldOf(definition));
    return (_slots, event) => ownNumber(read(event));
  },
  ownBoolean: (definition) => {
    const read = reader(fieldOf(definition));
    return (_slots, event) => ownBoolean(read(event));
  },
  /** Days from the time that stands there to this one; below 0 where it is still to come. */
  ownDaysAgo: (definition) => {
    const read = reader(fieldOf(definition));
    return (_slots, event) => (event.time - ownTime(read(event))) / DAY_MS;
  },
  /** km between that place and the transaction's own. */
  ownDistance: ({ name, parameters }) => {
    const { latitude, longitude } = parameters ?? {};
    if (typeof latitude !== 'string' || typeof longitude !== 'string')
      throw new Error(`Feature ${name} must name the fields of latitude and longitude.`);
    const [north, east] = [reader(latitude), reader(longitude)];
    return (_slots, event) =>
      distanceKm(ownNumber(north(event)), ownNumber(east(event)), event.latitude, event.longitude);
  },
  /** How far above the median (the lower middle) of the entity's newest `parameters.newest` events that have the number. */
  ownAboveUsual: (definition, planner) => {
    const field = fieldOf(definition);
    const newest = parameter(definition, 'newest', NEWEST);
    const read = reader(field);
    const at = planner.probe(entityOf(definition), `usual:${field}:${newest}`, 1, (slot) => {
      const columns = [-1];
      const values: number[] = [];
      return {
        columnNames: [`number:${field}`],
        columns,
        run: (view, _event, slots) => {
          values.length = 0;
          const base = view.offset + columns[0] * view.capacity;
          for (let i = view.end - 1; i >= view.first && values.length < newest; i--)
            if (!Number.isNaN(view.columns[base + i])) values.push(view.columns[base + i]);
          slots[slot] = median(values);
        },
      };
    });
    return (slots, event) => ownNumber(read(event)) - slots[at];
  },
};
