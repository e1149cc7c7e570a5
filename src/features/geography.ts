import type { Event } from '../domain/event.ts';
import { entityOf, type Operation, type Planner, parameter, type View } from './plan.ts';

const EARTH_RADIUS_KM = 6371.0088;
const RADIANS = Math.PI / 180;

/** Great-circle distance in km (the haversine formula on a sphere of the mean radius). Degrees in; NaN where one is NaN. */
export function distanceKm(latitude1: number, longitude1: number, latitude2: number, longitude2: number): number {
  return haversineToKm(haversine(latitude1, longitude1, latitude2, longitude2));
}

/** sin²(half the central angle): grows with distance and is cheaper to compare. */
function haversine(latitude1: number, longitude1: number, latitude2: number, longitude2: number): number {
  const up = Math.sin(((latitude2 - latitude1) * RADIANS) / 2);
  const across = Math.sin(((longitude2 - longitude1) * RADIANS) / 2);
  return up * up + Math.cos(latitude1 * RADIANS) * Math.cos(latitude2 * RADIANS) * across * across;
}

function haversineToKm(h: number): number {
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** How many rows back `speed` looks for a place: what was before is too long ago for it. */
const LOOK_BACK = 32;

/** km and hours since the newest event with a place, at most so many rows back: two slots. */
function lastPlace(planner: Planner, entity: string, lookBack: number): number {
  return planner.probe(entity, `lastPlace:${lookBack}`, 2, (at) => {
    const columns = [-1, -1];
    return {
      columnNames: ['latitude', 'longitude'],
      columns,
      // Its hours are there wherever a place was found, whether or not this one has a place.
      unsure: (_event, slots) => (lookBack > LOOK_BACK && Number.isNaN(slots[at + 1]) ? at : -1),
      run: (view, event, slots) => {
        const row = newestPlace(view, columns[0], lookBack);
        const latitudes = view.offset + columns[0] * view.capacity;
        const longitudes = view.offset + columns[1] * view.capacity;
        slots[at] =
          row < 0
            ? Number.NaN
            : distanceKm(
                view.columns[latitudes + row],
                view.columns[longitudes + row],
                event.latitude,
                event.longitude,
              );
        slots[at + 1] = row < 0 ? Number.NaN : (event.time - view.columns[view.offset + row]) / 3_600_000;
      },
    };
  });
}

function newestPlace(view: View, latitude: number, lookBack: number): number {
  const base = view.offset + latitude * view.capacity;
  const first = Math.max(view.first, view.end - lookBack);
  for (let i = view.end - 1; i >= first; i--) if (!Number.isNaN(view.columns[base + i])) return i;
  return -1;
}

/** The haversine to the nearest of the places of the newest rows; NaN where there is none. */
function nearest(view: View, event: Event, columns: number[], newest: number): number {
  const latitudes = view.offset + columns[0] * view.capacity;
  const longitudes = view.offset + columns[1] * view.capacity;
  let best = Number.NaN;
  for (let i = view.end - 1; i >= Math.max(view.first, view.end - newest); i--) {
    const latitude = view.columns[latitudes + i];
    const longitude = view.columns[longitudes + i];
    if (latitude === event.latitude && longitude === event.longitude) return 0;
    const h = haversine(latitude, longitude, event.latitude, event.longitude);
    if (!(h >= best)) best = Number.isNaN(h) ? best : h;
  }
  return best;
}

/** Where: distance and speed between this transaction and the entity's earlier ones. */
export const geography: Record<string, Operation> = {
  /** km/h since the entity's last place; at least a minute is taken to have passed. */
  speed: (definition, planner) => {
    const at = lastPlace(planner, entityOf(definition), LOOK_BACK);
    return (slots) => slots[at] / Math.max(slots[at + 1], 1 / 60);
  },
  /** km from the newest place of all that is kept. */
  distanceSinceLast: (definition, planner) => {
    const at = lastPlace(planner, entityOf(definition), Number.POSITIVE_INFINITY);
    return (slots) => slots[at];
  },
  /** km to the nearest of the places of the entity's newest `parameters.newest` events: far from all of them is unusual. */
  distanceFromUsual: (definition, planner) => {
    const newest = parameter(definition, 'newest', 10);
    const slot = planner.probe(entityOf(definition), `nearest:${newest}`, 1, (at) => {
      const columns = [-1, -1];
      return {
        columnNames: ['latitude', 'longitude'],
        columns,
        run: (view, event, slots) => {
          slots[at] = Number.isNaN(event.latitude) ? Number.NaN : nearest(view, event, columns, newest);
        },
      };
    });
    return (slots) => haversineToKm(slots[slot]);
  },
};
