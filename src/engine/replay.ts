import { type Event, LABEL_FRAUD, LABEL_LEGITIMATE, onlyWord, type Word } from '../domain/event.ts';
import type { Profiles } from '../profiles/profiles.ts';

/** History through the online path: what a decision at T would have known is known at T, and nothing else. */
export interface Replay {
  /** Learns every label that is known by this time. Call it before features are read at that time. */
  advance(time: number): void;
  /** Learns an event; it may be reused afterwards. `knownAt` is when its label arrives, NaN if it never does. */
  learn(event: Event, fraud: boolean, knownAt: number): void;
  /** Labels that are still to come. */
  readonly pending: number;
}

const FRAUD = [onlyWord(LABEL_FRAUD)];
const LEGITIMATE = [onlyWord(LABEL_LEGITIMATE)];

interface Due {
  knownAt: number;
  /** Order of arrival, to break ties. */
  order: number;
  event: Event;
  words: readonly Word[];
}

/** Events come in time order. Labels wait in a heap: no more than were made within the longest delay. */
export function createReplay(profiles: Profiles): Replay {
  const heap: Due[] = [];
  let sequence = 0;
  return {
    advance(time) {
      while (heap.length > 0 && heap[0].knownAt <= time) {
        const { event, words } = pop(heap);
        profiles.label(event, words, ++sequence);
      }
    },
    learn(event, fraud, knownAt) {
      profiles.learn(event, ++sequence);
      if (Number.isNaN(knownAt)) return;
      const words = fraud ? FRAUD : LEGITIMATE;
      push(heap, { knownAt, order: sequence, event: { ...event, entities: event.entities.slice() }, words });
    },
    get pending() {
      return heap.length;
    },
  };
}

function before(a: Due, b: Due): boolean {
  return a.knownAt < b.knownAt || (a.knownAt === b.knownAt && a.order < b.order);
}

function push(heap: Due[], item: Due): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(item, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = item;
}

function pop(heap: Due[]): Due {
  const top = heap[0];
  const item = heap.pop()!;
  if (heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], item)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = item;
  return top;
}
