/** Ranges of digits, such as `411111-411119`, and which of them a longer number begins within. */
export interface Ranges {
  add(name: string): void;
  /** Whether `test` says yes to one of the ranges around it. One with more digits than it has is not known to be around it. */
  some(digits: string, test: (name: string) => boolean): boolean;
}

/** Those with the same number of digits, by where they begin; `furthest[i]` is the largest end among the first i + 1. */
interface Group {
  digits: number;
  ranges: { name: string; low: number; high: number }[];
  furthest: number[];
  sorted: boolean;
}

export function createRanges(): Ranges {
  const groups: Group[] = [];
  const names = new Set<string>();
  return {
    add(name) {
      if (names.has(name)) return;
      names.add(name);
      const [low, high] = name.split('-');
      let group = groups.find((one) => one.digits === low.length);
      if (group === undefined) groups.push((group = { digits: low.length, ranges: [], furthest: [], sorted: true }));
      group.ranges.push({ name, low: Number(low), high: Number(high) });
      group.sorted = false;
    },
    some(digits, test) {
      for (const group of groups) {
        if (group.digits > digits.length) continue;
        if (!group.sorted) sort(group);
        if (around(group, Number(digits.slice(0, group.digits)), test)) return true;
      }
      return false;
    },
  };
}

function sort(group: Group): void {
  group.ranges.sort((a, b) => a.low - b.low);
  let furthest = -1;
  group.furthest = group.ranges.map(({ high }) => (furthest = Math.max(furthest, high)));
  group.sorted = true;
}

function around({ ranges, furthest }: Group, value: number, test: (name: string) => boolean): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].low <= value) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0 && furthest[i] >= value; i--) {
    if (ranges[i].high >= value && test(ranges[i].name)) return true;
  }
  return false;
}
