import { useSyncExternalStore } from 'react';

/**
 * Which versions of cases are this reader's own doing, in whichever tab of the browser: where a server has no keys, nothing
 * else tells them from those of others. Bounded: beyond it the oldest go.
 */
const MOST = 500;
const own = new Set<string>();
/** For a version: the last of a case that was merged, to which nothing is done any more. */
export const ENDED = 0;
const listeners = new Set<() => void>();
/** Acts whose answer is not there yet: the feed may be quicker. */
let underWay = 0;
let changes = 0;
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('assay.own-acts');
if (tabs) tabs.onmessage = ({ data }) => typeof data === 'string' && keep(data);

type Made = { id: string; version: number };
const nameOf = ({ id, version }: Made) => `${version} ${id}`;

function keep(name: string): void {
  own.add(name);
  if (own.size > MOST) own.delete(own.values().next().value!);
  changed();
}

function changed(): void {
  changes++;
  for (const listener of listeners) listener();
}

/** Does it, and remembers the versions that it made. */
export async function ownAct<T>(act: () => Promise<T>, made: (answer: T) => Made[]): Promise<T> {
  underWay++;
  changed();
  try {
    const answer = await act();
    for (const one of made(answer)) {
      keep(nameOf(one));
      tabs?.postMessage(nameOf(one));
    }
    return answer;
  } finally {
    underWay--;
    changed();
  }
}

export const isOwnAct = (id: string, version: number): boolean =>
  own.has(nameOf({ id, version })) || own.has(nameOf({ id, version: ENDED }));

/** The version of a case up to which everything after the one that was seen is this reader's own doing. */
export function ownSince(id: string, version: number): number {
  let last = version;
  while (own.has(nameOf({ id, version: last + 1 }))) last++;
  return last;
}

/** How often something has changed here, and whether an act of one's own waits for its answer. */
export function useOwnActs(): { changes: number; underWay: boolean } {
  const seen = useSyncExternalStore(subscribe, () => changes);
  return { changes: seen, underWay: underWay > 0 };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
