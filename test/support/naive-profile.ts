import { LABEL_FRAUD } from '../../src/domain/event.ts';
import type { Layout } from '../../src/profiles/layout.ts';
import { mix } from '../../src/profiles/profile.ts';
import type { LogEntry } from './profile-events.ts';

const KEPT = 512;

/** What a profile must show after these entries, by definition: sort, cut at 512, sum the rest. In the form of `contentOf`. */
export function naiveContent(layout: Layout, type: number, key: number, log: readonly LogEntry[]) {
  const mine = log.filter(({ event }) => event.entities[type] === key);
  const labels = new Map<number, { offset: number; code: number }>();
  for (const { event, label, position } of mine) {
    if (label === undefined || position.offset < (labels.get(event.id)?.offset ?? -1)) continue;
    labels.set(event.id, { offset: position.offset, code: label });
  }
  const events = [
    ...new Map(mine.flatMap((e) => (e.label === undefined ? [[e.event.id, e.event] as const] : []))).values(),
  ];
  if (events.length === 0) return undefined;
  events.sort((a, b) => a.time - b.time || a.id - b.id);
  const codeOf = (id: number) => labels.get(id)?.code ?? 0;
  const fallen = events.slice(0, -KEPT).map((one) => ({ ...one, fraud: codeOf(one.id) === LABEL_FRAUD ? 1 : 0 }));
  const kept = events.slice(-KEPT);

  const columns: Record<string, (event: (typeof kept)[number]) => number> = {
    ...{ time: (e) => e.time, id: (e) => e.id, amount: (e) => e.amount, label: (e) => codeOf(e.id) },
    ...{ country: (e) => e.country, category: (e) => e.category, channel: (e) => e.channel },
    ...{ location: (e) => e.location, latitude: (e) => e.latitude, longitude: (e) => e.longitude },
  };
  const cell = (name: string) =>
    columns[name] ?? ((e) => e.entities[layout.entities.indexOf(layout.names.indexOf(name))]);
  const seriesOf = (unitMs: number, limit: number) => {
    const sums = new Map<number, number[]>();
    for (const { time, amount, fraud } of fallen) {
      const unit = Math.floor(time / unitMs);
      const [events, minor, frauds] = sums.get(unit) ?? [0, 0, 0];
      sums.set(unit, [events + 1, minor + Math.round(amount * 100), frauds + fraud]);
    }
    const units = [...sums.keys()].sort((a, b) => a - b);
    return { evicted: units.length > limit, cells: units.slice(-limit).flatMap((unit) => [unit, ...sums.get(unit)!]) };
  };
  const hash = events.reduce((sum, { id, time }) => {
    return (sum + mix(id, time) + (codeOf(id) === 0 ? 0 : mix(id, codeOf(id)))) >>> 0;
  }, 0);
  return {
    rows: layout.names.map((name) => kept.map(cell(name))),
    ...{ total: events.length, firstTime: events[0].time },
    frauds: kept.filter(({ id }) => codeOf(id) === LABEL_FRAUD).length,
    series: fallen.length > 0 ? [seriesOf(3_600_000, 72), seriesOf(86_400_000, 64)] : undefined,
    fingerprint: hash * 0x200000 + (events.length % 0x200000),
  };
}
