import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addWork, type OfficeHours, parseOfficeHours, workBetween } from './office-hours.ts';

const HOUR = 3_600_000;
const paris = parseOfficeHours('Mon-Fri 09:00-17:00, Sat 10:00-14:00', 'Europe/Paris');
const at = (text: string) => Date.parse(text);

test('time of work by the clock of the place, over nights, weekends and the change of clocks', () => {
  const table: [from: string, hours: number, until: string][] = [
    // Within a day; at night; on Friday evening into Saturday and Monday.
    ['2026-03-03T10:00:00Z', 2, '2026-03-03T12:00:00.000Z'],
    ['2026-03-03T22:00:00Z', 1, '2026-03-04T09:00:00.000Z'],
    ['2026-03-06T15:30:00Z', 1, '2026-03-07T09:30:00.000Z'],
    ['2026-03-06T15:30:00Z', 5, '2026-03-09T08:30:00.000Z'],
    // Clocks go forward on Sunday 29 March: nine in the morning is at seven then.
    ['2026-03-28T12:00:00Z', 3, '2026-03-30T09:00:00.000Z'],
  ];
  for (const [from, hours, until] of table) {
    assert.equal(new Date(addWork(paris, at(from), hours * HOUR)).toISOString(), until, from);
    assert.equal(workBetween(paris, at(from), at(until)), hours * HOUR, from);
  }
  assert.equal(addWork(undefined, 5, 7), 12);
  assert.equal(workBetween(undefined, 5, 12), 7);
});

test('what is added has passed, by a clock that goes minute by minute', () => {
  const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/Paris');
  const start = at('2026-03-01T00:00:00Z');
  fc.assert(
    fc.property(zones, fc.nat(50 * 1_440), fc.nat(3_000), (zone, minute, work) => {
      const hours: OfficeHours = { ...parseOfficeHours('Mon-Thu 08:30-18:00, Sat 22:00-24:00', 'UTC'), zone };
      const from = start + minute * 60_000;
      const until = addWork(hours, from, work * 60_000);
      assert.equal(workBetween(hours, from, until), work * 60_000);
      const format = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      });
      let counted = 0;
      for (let now = from; now < Math.min(until, from + 2 * 86_400_000); now += 60_000) {
        const [day, clock] = format.format(now).split(/,?\s+/);
        const open = ['Mon', 'Tue', 'Wed', 'Thu'].includes(day)
          ? clock >= '08:30' && clock < '18:00'
          : day === 'Sat' && clock >= '22:00';
        if (open) counted++;
      }
      assert.equal(workBetween(hours, from, Math.min(until, from + 2 * 86_400_000)), counted * 60_000);
    }),
    { numRuns: 40 },
  );
});

test('hours that make no sense are told', () => {
  for (const text of [
    '',
    'Mon',
    'Mon-Fri',
    'Mon-Fri 17:00-09:00',
    'Mon 09:00-17:00, Sun-Tue 09:00-17:00',
    'Foo 09:00-17:00',
    'Mon 09:60-17:00',
    'Mon 09:00-25:00',
  ])
    assert.throws(() => parseOfficeHours(text, 'UTC'), /form|twice/, text);
  assert.deepEqual(parseOfficeHours('Sat-Mon 10:00-24:00', 'UTC').days.map((day) => day?.[1] ?? 0), [1440, 1440, 0, 0, 0, 0, 1440]); // biome-ignore format: one line
});
