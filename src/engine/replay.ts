import { type Event, LABEL_FRAUD, LABEL_LEGITIMATE, onlyWord, type Word } from '../domain/event.ts';
import type { Profiles } from '../profiles/profiles.ts';

/** History through the online path: what a decision at T would have known is known at T, and nothing else. */
export interface Replay {
  /** Learns every label and outcome that is known by this time. Call it before features are read at that time. */
  advance(time: number): void;
  /** Learns an event; it may be reused afterwards. `knownAt` is when its label arrives, NaN if it never does. */
  learn(event: Event, fraud: boolean, knownAt: number): void;
  /** What becomes of an event that was learnt: `outcome` indexes `PAYMENT_EVENT_TYPES`, told at `at`. */
  tell(event: Event, outcome: number, at: number): void;
  /** Labels and outcomes that are still to come. */
  readonly pending: number;
}

const FRAUD = [onlyWord(LABEL_FRAUD)];
const LEGITIMATE = [onlyWord(LABEL_LEGITIMATE)];

interface Due {
  knownAt: number;
  /** Order of arrival, to break ties. */
  order: number;
  event: Event;
  /** What is said of it, or what became of it. */
  words?: readonly Word[];
  outcome?: number;
}

/** Events come in time order. Labels wait in a heap: no more than were made within the longest delay. */
export function createReplay(profiles: Profiles): Replay {
  const heap: Due[] = [];
  let sequence = 0;
  return {
    advance(time) {
      while (heap.length > 0 && heap[0].knownAt <= time) {
        const { event, words, outcome } = pop(heap);
        if (words) profiles.label(event, words, ++sequence);
        if (outcome !== undefined) profiles.tell(event, outcome, ++sequence);
      }
    },
    learn(event, fraud, knownAt) {
      profiles.learn(event, ++sequence);
      if (Number.isNaN(knownAt)) return;
      const words = fraud ? FRAUD : LEGITIMATE;
      push(heap, { knownAt, order: sequence, event: copyOf(event), words });
    },
    tell: (event, outcome, at) => push(heap, { knownAt: at, order: ++sequence, event: copyOf(event), outcome }),
    get pending() {
      return heap.length;
    },
  };
}

/** What is told of an event later needs its keys, not what the transaction said besides. */
const copyOf = (event: Event): Event => ({
  ...event,
  entities: event.entities.slice(),
  details: undefined,
  personal: undefined,
});

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
