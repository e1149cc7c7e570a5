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

/** Evenly spread indices for the labels of a time axis. */
export function labelled(length: number, about: number): number[] {
  if (length === 0) return [];
  const step = Math.max(1, Math.ceil(length / about));
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
}

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
