/**
 * Values by numbers above 0 whose lower bits are spread already, such as keys of entities. A `Map` keeps each such number as an object
 * of its own, which a look-up has to go to.
 *
 * Open addresses, searched from `key >>> 6` on (a shard is told by the bits below), at most three quarters of them taken:
 *
 *   keys   [ key | 0 | key | … ]   0: free
 *   values [ its value | – | its value | … ]
 */
export interface Table<Value> {
  keys: Float64Array;
  values: (Value | undefined)[];
  size: number;
}

const FIRST_SLOTS = 8;
const NO_KEYS = new Float64Array(1);

export const createTable = <Value>(): Table<Value> => ({ keys: NO_KEYS, values: [undefined], size: 0 });

/** Where a key stands, or would. */
function slotOf(keys: Float64Array, key: number): number {
  const mask = keys.length - 1;
  let slot = (key >>> 6) & mask;
  while (keys[slot] !== key && keys[slot] !== 0) slot = (slot + 1) & mask;
  return slot;
}

export const valueAt = <Value>(table: Table<Value>, key: number): Value | undefined =>
  table.values[slotOf(table.keys, key)];

export function setValue<Value>(table: Table<Value>, key: number, value: Value): void {
  if (4 * (table.size + 1) > 3 * table.keys.length) grow(table);
  const slot = slotOf(table.keys, key);
  if (table.keys[slot] === 0) table.size++;
  table.keys[slot] = key;
  table.values[slot] = value;
}

function grow<Value>(table: Table<Value>): void {
  const { keys, values } = table;
  table.keys = new Float64Array(Math.max(FIRST_SLOTS, 2 * keys.length));
  table.values = new Array(table.keys.length).fill(undefined);
  for (let from = 0; from < keys.length; from++) {
    if (keys[from] === 0) continue;
    const slot = slotOf(table.keys, keys[from]);
    table.keys[slot] = keys[from];
    table.values[slot] = values[from];
  }
}

/** What stands behind it and would be found no more moves up. */
export function removeKey<Value>(table: Table<Value>, key: number): void {
  const { keys, values } = table;
  const mask = keys.length - 1;
  let free = slotOf(keys, key);
  if (keys[free] === 0) return;
  table.size--;
  for (let slot = (free + 1) & mask; keys[slot] !== 0; slot = (slot + 1) & mask) {
    const home = (keys[slot] >>> 6) & mask;
    if (((slot - home) & mask) < ((slot - free) & mask)) continue;
    keys[free] = keys[slot];
    values[free] = values[slot];
    free = slot;
  }
  keys[free] = 0;
  values[free] = undefined;
}

/** Those that it has now: the table may change while they are gone through. */
export const keysOf = (table: Table<unknown>): Float64Array => table.keys.filter((key) => key !== 0);
