import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rfc3339 } from '../training/generator/format.ts';
import { detectTime } from './detect-time.ts';
import { parseTime } from './time.ts';
import { type TimeSpec, timeReader } from './time-format.ts';
import { doubledHourNote, zoneOf } from './zone.ts';

const iso = (spec: TimeSpec, text: string) => {
  const instant = timeReader(spec).read(text);
  return instant && `${new Date(instant.time).toISOString()} ${instant.offsetMinutes}`;
};

test('times are read as they are written, by every spelling that people have', () => {
  const table: [TimeSpec, string, string | undefined][] = [
    [{}, '2019-01-01 00:08:34', '2019-01-01T00:08:34.000Z 0'],
    [{}, '2023-09-15t12:00:00.123456+05:30', '2023-09-15T06:30:00.123Z 330'],
    [{ timeZone: '+02:00' }, '2019-01-01 00:08:34', '2018-12-31T22:08:34.000Z 120'],
    [{ timeZone: 'America/New_York' }, '2019-07-01 12:00', '2019-07-01T16:00:00.000Z -240'],
    [{ timeZone: 'America/New_York' }, '2019-07-01T12:00:00Z', '2019-07-01T12:00:00.000Z 0'],
    [{ timeFormat: 'M/d/yy H:mm' }, '4/18/15 2:47', '2015-04-18T02:47:00.000Z 0'],
    [{ timeFormat: 'd/M/yy H:mm' }, '4/18/15 2:47', undefined],
    [{ timeFormat: 'd.M.yyyy H:mm:ss' }, '30.02.2024 10:00:00', undefined],
    [{ timeFormat: 'M/d/yyyy h:mm a' }, '12/31/2024 12:05 AM', '2024-12-31T00:05:00.000Z 0'],
    [{ timeFormat: 'M/d/yyyy h:mm a' }, '12/31/2024 12:05 pm', '2024-12-31T12:05:00.000Z 0'],
    [{ timeFormat: 'M/d/yyyy h:mm a' }, '12/31/2024 13:05 pm', undefined],
    [{ timeFormat: 'dd MMM yyyy' }, '03 Feb 2024', '2024-02-03T00:00:00.000Z 0'],
    [{ timeFormat: '%Y-%m-%d %H:%M:%S.%f' }, '2024-02-03 04:05:06.789123', '2024-02-03T04:05:06.789Z 0'],
    [{ timeFormat: 'yyyyMMddHHmmss' }, '20240203040506', '2024-02-03T04:05:06.000Z 0'],
    [{ timeFormat: 'yyyy/MM/dd HH:mm XXX' }, '2024/02/03 04:05 -03:00', '2024-02-03T07:05:00.000Z -180'],
    [{ timeFormat: 'yy-M-d' }, '69-1-2', undefined],
    [{ timeFormat: 'yy-M-d' }, '70-1-2', '1970-01-02T00:00:00.000Z 0'],
    [{ timeUnit: 'seconds' }, '1700000000.5', '2023-11-14T22:13:20.500Z 0'],
    [{ timeUnit: 'milliseconds' }, '1700000000000', '2023-11-14T22:13:20.000Z 0'],
    [{ timeUnit: 'microseconds' }, '1700000000000000', '2023-11-14T22:13:20.000Z 0'],
    [{ timeUnit: 'hours', timeOrigin: '2013-09-01' }, '1.5', '2013-09-01T01:30:00.000Z 0'],
    [{ timeUnit: 'days', timeOrigin: '2017-12-01T00:00:00Z' }, '2', '2017-12-03T00:00:00.000Z 0'],
    [{ timeUnit: 'seconds' }, 'soon', undefined],
    [{ timeUnit: 'days' }, '1e300', undefined],
    // Milliseconds that were read as seconds: of the year 50885, which nobody can write.
    [{ timeUnit: 'seconds' }, '1543622400000', undefined],
    [{ timeUnit: 'seconds' }, '253402300799', '9999-12-31T23:59:59.000Z 0'],
    [{ timeUnit: 'seconds' }, '253402300800', undefined],
    [{ timeUnit: 'months', timeOrigin: '2020-01-01' }, '99999', undefined],
    [{}, '9999-12-31T23:59:59-14:00', undefined],
  ];
  for (const [spec, text, expected] of table)
    assert.equal(iso(spec, text), expected, `${JSON.stringify(spec)} ${text}`);
  for (const spec of [{ timeFormat: 'HH:mm' }, { timeZone: 'Mars/Olympus' }, { timeFormat: 'yyyy-MM-dd dd' }])
    assert.throws(() => timeReader(spec), /timeFormat|time zone/);
});

test('RFC 3339 with any offset is the instant that was written', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      (time, offsetMinutes) => {
        assert.deepEqual(parseTime(rfc3339(time, offsetMinutes)), { time, offsetMinutes });
      },
    ),
    { seed: 3 },
  );
});

test('a zone has the hour that is skipped never, and the one that comes twice first', () => {
  const berlin = zoneOf('Europe/Berlin');
  const local = (text: string) => Date.parse(`${text}Z`);
  assert.equal(berlin(local('2026-03-29T01:59:59')), 60);
  assert.equal(berlin(local('2026-03-29T02:30:00')), undefined);
  assert.equal(berlin(local('2026-03-29T03:00:00')), 120);
  assert.equal(berlin(local('2026-10-25T02:30:00')), 120, 'the first of both');
  assert.equal(berlin(local('2026-10-25T03:00:00')), 60);
  assert.equal(zoneOf('Asia/Kathmandu')(local('2026-01-01T00:00:00')), 345);
});

test('what a clock of a zone shows comes back from the instant, for every quarter of an hour of a year', () => {
  for (const name of ['America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca']) {
    const zone = zoneOf(name);
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' });
    for (let time = Date.UTC(2024, 0, 1); time < Date.UTC(2025, 0, 1); time += 7 * 3_600_000 + 900_000) {
      const local = Date.parse(`${clock.format(time).replace(' ', 'T')}Z`);
      const offset = zone(local);
      assert.ok(offset !== undefined, `${name} ${new Date(time).toISOString()}`);
      // The hour that comes twice is read as the first.
      const back = local - offset * 60_000;
      assert.ok(back === time || zone(local - 1) !== undefined, name);
      assert.equal(Date.parse(`${clock.format(back).replace(' ', 'T')}Z`), local);
    }
  }
});

test('the first rows tell how times are written, or what to declare', () => {
  const table: [string[], TimeSpec, RegExp | undefined][] = [
    [['2024-01-01T00:00:00Z', '2024-01-01T00:00:00+02:00'], {}, undefined],
    [['2019-01-01 00:08:34', '2019-02-30 00:08:34'], { timeFormat: 'rfc3339' }, /without an offset .* UTC/],
    [['4/18/15 2:47', '4/19/15 12:01'], { timeFormat: 'M/d/yy H:mm' }, /M\/d\/yy H:mm/],
    [['18.4.2015', '1.5.2015'], { timeFormat: 'd.M.yyyy' }, /d\.M\.yyyy/],
    [['2015/4/18 02:47:11.5'], { timeFormat: 'yyyy/M/d H:mm:ss.S' }, /./],
    [['12/31/2024 01:05 PM'], { timeFormat: 'M/d/yyyy h:mm a' }, /./],
    [['20240131', '20240201'], { timeFormat: 'yyyyMMdd' }, /./],
    [['1700000000', '1700000001.5'], { timeUnit: 'seconds' }, /seconds since 1970/],
    [['1700000000000'], { timeUnit: 'milliseconds' }, /./],
    [['1700000000000000'], { timeUnit: 'microseconds' }, /./],
    [['0', '3600', '86400'], {}, /say timeUnit and timeOrigin/],
    [['202602031205', '202612312359'], { timeFormat: 'yyyyMMddHHmm' }, /yyyyMMddHHmm/],
    [['yesterday'], {}, /"yesterday" are in no known format: say timeFormat/],
  ];
  for (const [texts, spec, said] of table) {
    const found = detectTime(texts, undefined);
    assert.deepEqual(found.spec, spec, texts[0]);
    if (said) assert.match(found.said ?? '', said);
    else assert.equal(found.said, undefined);
    if (said && Object.keys(spec).length > 0)
      assert.ok(timeReader(spec).read(texts[0]), `${texts[0]} by ${JSON.stringify(spec)}`);
  }
  assert.throws(
    () => detectTime(['4/5/15 2:47', '1/2/15 1:00'], undefined),
    /Whether the times are M\/d\/yy or d\/M\/yy/,
  );
});

test('a time of the usual shape is what it is with a blank in place of its T', () => {
  let state = 5;
  const below = (most: number) =>
    Math.floor(((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32) * most);
  const two = (most: number) => String(below(most)).padStart(2, '0');
  const ends = [
    'Z',
    '+02:00',
    '-00:00',
    '-23:59',
    '+24:00',
    '+02:60',
    '.250Z',
    '.999+05:30',
    '.25Z',
    '.1234Z',
    '',
    '.5',
    'z',
    '+0200',
  ];
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    const digit = below(40) === 0 ? 'x' : '';
    const year = 1968 + below(80);
    const text = `${year}-${two(14)}-${two(33)}T${two(25)}:${two(61)}:${two(62)}${digit}${ends[below(ends.length)]}`;
    const instant = parseTime(text);
    assert.deepEqual(instant, parseTime(text.replace('T', ' ')), text);
    if (instant !== undefined) taken++;
  }
  assert.ok(taken > 5_000);
});

test('the hour that clocks show twice is told of, where they are changed', () => {
  for (const zone of ['UTC', '+02:00', 'Asia/Tokyo', 'Asia/Kolkata'])
    assert.equal(doubledHourNote(zone), undefined, zone);
  // In winter, in summer, around Ramadan, no more since 2019.
  for (const zone of ['Europe/Paris', 'Australia/Sydney', 'Africa/Casablanca', 'America/Sao_Paulo'])
    assert.match(
      doubledHourNote(zone) ?? '',
      new RegExp(`^In the hour that clocks in ${zone} show twice, .* the first\\.$`),
    );
  // And so they are: 02:30 came first at +02:00, then at +01:00.
  assert.equal(zoneOf('Europe/Paris')(Date.UTC(2026, 9, 25, 2, 30)), 120);
});
