const SAMPLE = 1024;
const DAY_MS = 86_400_000;

/** Tells times that are far from the rest of a file: of a clock that ran wrong, or seconds that were taken for milliseconds. */
export interface FarTimes {
  /** Milliseconds. */
  add(time: number, line: number): void;
  told(): string[];
}

export function createFarTimes(): FarTimes {
  // Every `stride`-th time: the sample spans the file however long it gets.
  const sample: number[] = [];
  let stride = 1;
  let rows = 0;
  let earliest = { time: Number.POSITIVE_INFINITY, line: 0 };
  let latest = { time: Number.NEGATIVE_INFINITY, line: 0 };
  return {
    add(time, line) {
      if (time < earliest.time) earliest = { time, line };
      if (time > latest.time) latest = { time, line };
      if (rows++ % stride !== 0) return;
      sample.push(time);
      if (sample.length < SAMPLE) return;
      stride *= 2;
      for (let i = 0; i < SAMPLE / 2; i++) sample[i] = sample[2 * i];
      sample.length = SAMPLE / 2;
    },
    told() {
      if (sample.length < 3) return [];
      const sorted = sample.slice().sort((a, b) => a - b);
      const [from, to] = [0.05, 0.95].map((share) => sorted[Math.round(share * (sorted.length - 1))]);
      const far = 3 * (to - from) + 30 * DAY_MS;
      return [earliest, latest]
        .filter(({ time }) => time < from - far || time > to + far)
        .map(
          ({ time, line }) =>
            `line ${line}: transactionDate ${day(time)} is far from the rest, ${day(from)} to ${day(to)}.`,
        );
    },
  };
}

const day = (time: number) => new Date(time).toISOString().slice(0, 10);
