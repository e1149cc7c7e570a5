/** Latencies, microseconds, counted by their three significant digits: a place for each, so that nothing need be sorted. */
export interface Latencies {
  add(us: number, count: number): void;
  /** The smallest latencies, milliseconds, that at least so many percent do not exceed; 0 where there is none. */
  percentiles(percents: readonly number[]): number[];
  clear(): void;
}

/** 0–999 each; then 900 places for every tenfold, up to what an `integer` holds. */
const DIRECT = 1_000;
const A_TENFOLD = 900;
const PLACES = DIRECT + 7 * A_TENFOLD;

export function createLatencies(): Latencies {
  const counts = new Float64Array(PLACES);
  let total = 0;
  let [first, last] = [PLACES, -1];

  return {
    add(us, count) {
      const place = placeOf(us);
      counts[place] += count;
      total += count;
      if (place < first) first = place;
      if (place > last) last = place;
    },
    percentiles(percents) {
      return percents.map((percent) => {
        let upTo = 0;
        for (let place = first; place <= last; place++)
          if ((upTo += counts[place]) > 0 && upTo * 100 >= total * percent) return latencyAt(place) / 1000;
        return 0;
      });
    },
    clear() {
      if (last >= 0) counts.fill(0, first, last + 1);
      total = 0;
      [first, last] = [PLACES, -1];
    },
  };
}

function placeOf(us: number): number {
  let [place, scale] = [0, 1];
  for (let bound = DIRECT; us >= bound; bound *= 10) [place, scale] = [place + A_TENFOLD, scale * 10];
  return place + Math.floor(us / scale);
}

function latencyAt(place: number): number {
  if (place < DIRECT) return place;
  const tenfold = Math.floor((place - DIRECT) / A_TENFOLD) + 1;
  return (place - tenfold * A_TENFOLD) * 10 ** tenfold;
}
