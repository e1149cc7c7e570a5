const SAMPLE = 1024;
const DAY_MS = 86_400_000;

/**
 * Tells times that are far from the rest of a file, or still to come: of a clock that ran wrong, or seconds that were taken for
 * milliseconds.
 */
export interface FarTimes {
  /** Milliseconds. */
  add(time: number, line: number): void;
  told(): string[];
}

/** `now`, milliseconds: what is later has not happened yet. */
export function createFarTimes(now = Number.POSITIVE_INFINITY): FarTimes {
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
      const ahead =
        latest.time > now + DAY_MS
          ? [
              `line ${latest.line}: transactionDate ${day(latest.time)} is still to come; rows are taken as of their own dates.`,
            ]
          : [];
      if (sample.length < 3) return ahead;
      const sorted = sample.slice().sort((a, b) => a - b);
      const [from, to] = [0.05, 0.95].map((share) => sorted[Math.round(share * (sorted.length - 1))]);
      const far = 3 * (to - from) + 30 * DAY_MS;
      const strange = [earliest, latest]
        .filter(({ time }) => time < from - far || time > to + far)
        .map(
          ({ time, line }) =>
            `line ${line}: transactionDate ${day(time)} is far from the rest, ${day(from)} to ${day(to)}.`,
        );
      return [...strange, ...ahead];
    },
  };
}

const day = (time: number) => new Date(time).toISOString().slice(0, 10);
