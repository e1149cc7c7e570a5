/** An axis of a plot with numbers both ways. A logarithmic one begins above 0; what lies below stands at its start. */
export interface Axis {
  label: string;
  from: number;
  to: number;
  ticks: readonly number[];
  text: (value: number) => string;
  log?: boolean;
}

/** Where a value lies on an axis, 0 to 1; what is beyond an end stands at it. */
export function share({ from, to, log }: Axis, value: number): number {
  const clamped = Math.max(from, Math.min(to, value));
  return log ? Math.log(clamped / from) / Math.log(to / from) : (clamped - from) / (to - from);
}

/** Index of the point of a curve that is nearest along x, which ascends; undefined for no points. */
export function nearest(points: readonly (readonly [number, number])[], axis: Axis, at: number): number | undefined {
  let best: number | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for (const [i, [x]] of points.entries()) {
    const away = Math.abs(share(axis, x) - at);
    if (away < distance) [best, distance] = [i, away];
  }
  return best;
}
