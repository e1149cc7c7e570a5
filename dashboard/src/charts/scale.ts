/** Round values from 0 to at least `max`, for the lines of an axis. */
export function ticks(max: number, about = 4): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((n) => n * power >= rough) ?? 10);
  const lines: number[] = [];
  for (let value = 0; ; value += step) {
    lines.push(Number(value.toPrecision(12)));
    if (value >= max * 0.999) return lines;
  }
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 3, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24].map((n) => n * HOUR),
];

/**
 * Round times of the reader's zone for the labels of an axis from `from` to `to`, milliseconds: at most `most` of them.
 * `zoneMs` is how far a zone is ahead of UTC at a time.
 */
export function roundTimes(from: number, to: number, most: number, zoneMs = zoneAt): number[] {
  const step = STEPS_MS.find((ms) => (to - from) / ms <= most) ?? STEPS_MS.at(-1)!;
  const times: number[] = [];
  for (let local = Math.ceil((from + zoneMs(from)) / step) * step; ; local += step) {
    const time = local - zoneMs(local - zoneMs(from));
    if (time > to) return times;
    if (time >= from) times.push(time);
  }
}

const zoneAt = (time: number) => -new Date(time).getTimezoneOffset() * MINUTE;

/** `M` and `L` through what is there; a gap where it is not. */
export function linePath(points: readonly (readonly [number, number] | undefined)[]): string {
  let path = '';
  let pen = false;
  for (const point of points) {
    if (!point) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    pen = true;
  }
  return path;
}
