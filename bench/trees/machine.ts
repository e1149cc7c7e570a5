/** Wall time, own CPU time, and what else the machine was doing: without it a figure of a shared machine says little. */
import { readFileSync } from 'node:fs';

export interface Measured {
  seconds: number;
  cpuSeconds: number;
}

export function measured<T>(work: () => T): [T, Measured] {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return [result, { seconds, cpuSeconds: (user + system) / 1e6 }];
}

/** Seconds a call: the best of nine runs of `count` calls, which other programs disturbed least. */
export function each(count: number, work: (i: number) => void): number {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    for (let i = 0; i < count; i++) work(i);
    return (performance.now() - start) / 1000 / count;
  });
  return Math.min(...times);
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Seconds all cores together were busy since the start of the machine; undefined where the system does not say. */
function busySeconds(): number | undefined {
  try {
    const [user, nice, system] = readFileSync('/proc/stat', 'utf8').split(/\s+/).slice(1, 4).map(Number);
    return (user + nice + system) / 100;
  } catch {
    return undefined;
  }
}

/** A clock that tells how many cores others kept busy, on average, between two moments. */
export function othersClock(): (ownCpuSeconds: number, seconds: number) => number | undefined {
  const before = busySeconds();
  return (own, seconds) => {
    const after = busySeconds();
    if (before === undefined || after === undefined) return undefined;
    return Math.max(0, (after - before - own) / seconds);
  };
}
