import { createTexts } from './texts.ts';

/** One value of a list, as people see it. Times in milliseconds. */
export interface EntryDetail {
  value: string;
  /** Null: never. */
  expiresAt: number | null;
  note: string;
  /** Who wrote it: id of the API key. */
  by: string | null;
  at: number;
}

/** An entry as snapshots keep it. */
export type EntryRow = [value: string, expiresAt: number | null, note: string, by: string | null, at: number];

/**
 * A list's entries: a million of them within 100 MB, and since when and until when each was in, so that the past can be asked.
 * Values are canonical: see `values.ts`.
 */
export interface Entries {
  readonly size: number;
  /** True where the value is new. One that is in keeps its beginning, and gets a new expiry and note. */
  put(value: string, detail: Omit<EntryDetail, 'value'>): boolean;
  /** False where it was not in. `at` is when. */
  remove(value: string, at: number): boolean;
  get(value: string): EntryDetail | undefined;
  /** Whether this very value was in at a time: now, or before it was removed or its expiry was changed. */
  wasIn(value: string, at: number): boolean;
  /** Newest first, those whose value or note holds `q`; `before` is the serial that the page before ended at. */
  page(q: string, before: number | undefined, limit: number): { data: EntryDetail[]; next: number | undefined };
  /** As a page, with the serial of each; looks at so many at most, and says where it stopped if that was too early. */
  scan(q: string, before: number | undefined, limit: number, most: number): Scanned;
  all(): IterableIterator<EntryDetail>;
  /** For a snapshot: at most so many rows each. */
  chunks(rows: number): IterableIterator<EntryRow[]>;
  fill(rows: readonly EntryRow[]): void;
}

export interface Scanned {
  data: EntryDetail[];
  serials: number[];
  /** A serial: what is older was not looked at. */
  stopped: number | undefined;
}

type Span = [from: number, to: number];

/** Values whose past is remembered, and spans of one: the oldest are forgotten first. */
const MAX_PAST = 100_000;
const MAX_SPANS = 64;
const NOBODY = 0;

/** Rows of numbers beside the texts. */
function createColumns(capacity: number) {
  return {
    expiresAt: new Float64Array(capacity),
    at: new Float64Array(capacity),
    serial: new Uint32Array(capacity),
    by: new Uint16Array(capacity),
  };
}

export function createEntries(): Entries {
  let texts = createTexts();
  let columns = createColumns(16);
  let notes = new Map<number, string>();
  const people: (string | null)[] = [null];
  const past = new Map<string, Span[]>();
  let serial = 0;

  function person(by: string | null): number {
    const known = people.lastIndexOf(by);
    if (known >= 0) return known;
    // More writers than fit are nobody in particular.
    return people.length > 0xffff ? NOBODY : people.push(by) - 1;
  }

  function detail(slot: number, value: string): EntryDetail {
    const expiresAt = columns.expiresAt[slot];
    return {
      value,
      expiresAt: expiresAt === Number.POSITIVE_INFINITY ? null : expiresAt,
      note: notes.get(slot) ?? '',
      by: people[columns.by[slot]],
      at: columns.at[slot],
    };
  }

  function remember(value: string, from: number, to: number): void {
    if (to <= from) return;
    const spans = [...(past.get(value) ?? []), [from, to] satisfies Span].slice(-MAX_SPANS);
    past.delete(value);
    past.set(value, spans);
    if (past.size > MAX_PAST) past.delete(past.keys().next().value!);
  }

  function write(slot: number, { expiresAt, note, by, at }: Omit<EntryDetail, 'value'>, number: number): void {
    if (slot >= columns.at.length) columns = copyColumns(columns, Math.ceil(slot * 1.5) + 1);
    columns.serial[slot] = number;
    columns.at[slot] = at;
    columns.expiresAt[slot] = expiresAt ?? Number.POSITIVE_INFINITY;
    columns.by[slot] = person(by);
    if (note === '') notes.delete(slot);
    else notes.set(slot, note);
  }

  function put(value: string, entry: Omit<EntryDetail, 'value'>): boolean {
    const slot = texts.find(value);
    if (slot < 0) {
      write(texts.add(value), entry, ++serial);
      return true;
    }
    const [from, to] = [columns.at[slot], columns.expiresAt[slot]];
    const lapsed = to <= entry.at;
    if (lapsed) remember(value, from, to);
    // One that is told to have ended before now was in until now.
    else if (entry.expiresAt !== null && entry.expiresAt < entry.at) remember(value, from, entry.at);
    write(slot, { ...entry, at: lapsed ? entry.at : from }, columns.serial[slot]);
    return false;
  }

  /** Rows that were removed leave holes: once they are half of all, the rest moves together. */
  function compact(): void {
    const [oldTexts, oldNotes] = [texts, notes];
    const old = copyColumns(columns, columns.at.length);
    texts = createTexts();
    notes = new Map();
    for (let slot = 0; slot < oldTexts.end; slot++) {
      const value = oldTexts.text(slot);
      if (value === undefined) continue;
      const to = texts.add(value);
      for (const name of ['expiresAt', 'at', 'serial', 'by'] as const) columns[name][to] = old[name][slot];
      const note = oldNotes.get(slot);
      if (note !== undefined) notes.set(to, note);
    }
  }

  function* all(): IterableIterator<EntryDetail> {
    for (let slot = 0; slot < texts.end; slot++) {
      const value = texts.text(slot);
      if (value !== undefined) yield detail(slot, value);
    }
  }

  /** The slots of older serials are those below it: both ascend together. */
  function slotBelow(before: number | undefined): number {
    if (before === undefined) return texts.end;
    let [low, high] = [0, texts.end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (columns.serial[middle] < before) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function scan(q: string, before: number | undefined, limit: number, most: number): Scanned {
    const wanted = q.toLowerCase();
    const holds = (text: string | undefined) => text?.toLowerCase().includes(wanted) ?? false;
    const found: Scanned = { data: [], serials: [], stopped: undefined };
    const begin = slotBelow(before) - 1;
    for (let slot = begin; slot >= 0 && found.data.length < limit; slot--) {
      if (begin - slot >= most) return { ...found, stopped: columns.serial[slot + 1] };
      const value = texts.text(slot);
      if (value === undefined || (wanted !== '' && !holds(value) && !holds(notes.get(slot)))) continue;
      found.data.push(detail(slot, value));
      found.serials.push(columns.serial[slot]);
    }
    return found;
  }

  return {
    get size() {
      return texts.size;
    },
    put,
    remove(value, at) {
      const slot = texts.find(value);
      if (slot < 0) return false;
      remember(value, columns.at[slot], Math.min(at, columns.expiresAt[slot]));
      texts.remove(slot);
      notes.delete(slot);
      if (texts.end > 1024 && texts.size < texts.end / 2) compact();
      return true;
    },
    get(value) {
      const slot = texts.find(value);
      return slot < 0 ? undefined : detail(slot, value);
    },
    wasIn(value, at) {
      const slot = texts.find(value);
      if (slot >= 0 && columns.at[slot] <= at && at < columns.expiresAt[slot]) return true;
      return past.size > 0 && (past.get(value)?.some(([from, to]) => from <= at && at < to) ?? false);
    },
    page(q, before, limit) {
      const { data, serials } = scan(q, before, limit + 1, Number.POSITIVE_INFINITY);
      return { data: data.slice(0, limit), next: data.length > limit ? serials[limit - 1] : undefined };
    },
    scan,
    all,
    *chunks(rows) {
      let chunk: EntryRow[] = [];
      for (const { value, expiresAt, note, by, at } of all()) {
        chunk.push([value, expiresAt, note, by, at]);
        if (chunk.length === rows) {
          yield chunk;
          chunk = [];
        }
      }
      if (chunk.length > 0) yield chunk;
    },
    fill(rows) {
      for (const [value, expiresAt, note, by, at] of rows) put(value, { expiresAt, note, by, at });
    },
  };
}

type Columns = ReturnType<typeof createColumns>;

function copyColumns(from: Columns, capacity: number): Columns {
  const made = createColumns(capacity);
  for (const name of ['expiresAt', 'at', 'serial', 'by'] as const) made[name].set(from[name]);
  return made;
}
