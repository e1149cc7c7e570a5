import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_REST_MS = 500;

/** Work of several, one after another, that takes a quarter of the time at most: the rest is left to what has to be quick. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    let began = 0;
    const done = last.then(() => {
      began = performance.now();
      return work();
    });
    const rest = () => sleep(Math.min(3 * (performance.now() - began), LONGEST_REST_MS), undefined, { ref: false });
    last = done.then(rest, rest);
    return done;
  };
}
