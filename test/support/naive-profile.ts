import { LABEL_FRAUD, UNRANKED, type Word } from '../../src/domain/event.ts';
import { mix } from '../../src/profiles/hash.ts';
import { profileKey } from '../../src/profiles/keys.ts';
import type { Layout } from '../../src/profiles/layout.ts';
import { isEvent, type LogEntry } from './profile-events.ts';

const KEPT = 512;

/** What a profile must show after these entries, by definition: sort, cut at 512, sum the rest. In the form of `contentOf`. */
export function naiveContent(layout: Layout, type: number, key: number, log: readonly LogEntry[]) {
  const mine = log.filter(({ event }) => profileKey(event.entities[type], event.type) === key);
  const events = [...new Map(mine.filter(isEvent).map(({ event }) => [event.id, event])).values()];
  if (events.length === 0) return undefined;
  events.sort((a, b) => a.time - b.time || a.id - b.id);
  const cells = new Map(events.map(({ id }) => [id, naiveCell(mine.filter(({ event }) => event.id === id))]));
  const cellOf = (id: number) => cells.get(id)!;
  const fallen = events.slice(0, -KEPT);
  const kept = events.slice(-KEPT);

  const columns: Record<string, (event: (typeof kept)[number]) => number> = {
    ...{ time: (e) => e.time, id: (e) => e.id, amount: (e) => e.amount, label: (e) => cellOf(e.id) },
    ...{ country: (e) => e.country, category: (e) => e.category, channel: (e) => e.channel },
    ...{ location: (e) => e.location, latitude: (e) => e.latitude, longitude: (e) => e.longitude },
  };
  const cell = (name: string) =>
    columns[name] ?? ((e) => e.entities[layout.entities.indexOf(layout.names.indexOf(name))]);
  const seriesOf = (unitMs: number, limit: number) => {
    const sums = new Map<number, number[]>();
    for (const one of fallen) {
      const unit = Math.floor(one.time / unitMs);
      sums.set(unit, added(sums.get(unit), countsOf(one.amount, cellOf(one.id))));
    }
    const units = [...sums.keys()].sort((a, b) => a - b);
    return { evicted: units.length > limit, cells: units.slice(-limit).flatMap((unit) => [unit, ...sums.get(unit)!]) };
  };
  const hash = events.reduce((sum, { id, time }) => {
    const known = BITS.filter((bit) => cellOf(id) & bit).map((bit) => mix(id, bit));
    return known.reduce((before, bit) => (before + bit) >>> 0, (sum + mix(id, time)) >>> 0);
  }, 0);
  const ever = fallen.reduce<number[] | undefined>(
    (sums, one) => added(sums, countsOf(one.amount, cellOf(one.id))),
    undefined,
  );
  return {
    rows: layout.names.map((name) => kept.map(cell(name))),
    ...{ total: events.length, firstTime: events[0].time },
    frauds: kept.filter(({ id }) => cellOf(id) & LABEL_FRAUD).length,
    ever: ever && [0, ...ever],
    series: fallen.length > 0 ? [seriesOf(3_600_000, 72), seriesOf(86_400_000, 64)] : undefined,
    fingerprint: hash * 0x200000 + (events.length % 0x200000),
  };
}

/** Fraud, legitimate, authorized, refused, settled, voided, refunded. */
const BITS = [1, 2, 4, 8, 16, 32, 64];

/** What a bucket counts of one event: itself, its amount, that it has one, and what is known of it. */
function countsOf(amount: number, cell: number): number[] {
  const priced = Number.isNaN(amount) ? [0, 0] : [Math.round(amount * 100), 1];
  return [1, ...priced, ...BITS.map((bit) => (cell & bit ? 1 : 0))];
}

const added = (sums: number[] | undefined, more: number[]) => more.map((value, i) => value + (sums?.[i] ?? 0));

function naiveCell(entries: readonly LogEntry[]): number {
  const told = entries.reduce((bits, { told }) => (told === undefined ? bits : bits | (4 << told)), 0);
  const said = entries.flatMap(({ words = [], position }) =>
    words.map((word) => ({ ...word, place: position.offset })),
  );
  return told | naiveLabel(said);
}

type Said = Word & { place: number };
const byTime = (a: Said, b: Said) => a.time - b.time || a.place - b.place;

/** The newest of each voice; of those that say something the newest of the highest rank. */
function naiveLabel(said: readonly Said[]): number {
  const voices = [...new Set(said.map(({ voice }) => voice))];
  const newestOf = (voice: number) => {
    const own = said.filter((word) => word.voice === voice);
    return own.sort(voice === UNRANKED ? (a, b) => a.place - b.place : byTime).at(-1);
  };
  const spoken = voices
    .flatMap((voice) => newestOf(voice) ?? [])
    .filter((word) => {
      const source = word.voice === UNRANKED ? newestOf(word.source) : undefined;
      return word.code !== 0 && !(source && byTime(source, word) > 0);
    });
  return spoken.sort((a, b) => a.rank - b.rank || byTime(a, b)).at(-1)?.code ?? 0;
}
