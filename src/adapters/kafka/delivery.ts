import type { JournalRecord } from '../../journal/journal.ts';
import { voidRecord } from './encoding.ts';
import type { Memory } from './memory.ts';
import type { Segments } from './segments.ts';

/** Hands records to listeners in sequence, as far as they are ordered and read. */
export interface Delivery {
  /** Sequence of the newest record that was handed out. */
  readonly durable: number;
  subscribe(listener: (record: JournalRecord) => void): () => void;
  /** More is ordered, or read. */
  kick(): void;
  close(): void;
}

export interface DeliveryPorts {
  /** Sequence before the first to hand out. */
  durable: number;
  memory: Memory;
  segments: Segments;
  /** End of a source as far as it is read. */
  end(source: number): number;
  onDelivered(source: number, offset: number, sequence: number): void;
  onWarning(error: unknown): void;
}

const AGAIN_MS = 100;
const BREATHE_EVERY = 64;

export function createDelivery(ports: DeliveryPorts): Delivery {
  const { memory, segments, onWarning } = ports;
  let { durable } = ports;
  let listeners: ((record: JournalRecord) => void)[] = [];
  let running = false;
  let again = false;
  let closed = false;

  async function run(): Promise<void> {
    for (let segment = segments.at(durable + 1); segment && !closed; segment = segments.at(durable + 1)) {
      const { source, from, to, base } = segment;
      while (durable < base + to - from) {
        const sequence = durable + 1;
        const offset = from + sequence - base;
        // Ordered by another process before this one has read it.
        if (offset >= ports.end(source)) return;
        const record =
          memory.recordAt(source, offset, sequence) ??
          (await memory.load(source, offset, sequence)) ??
          voidRecord(source, offset, sequence, 0);
        if (closed) return;
        durable = sequence;
        ports.onDelivered(source, offset, sequence);
        announce(record);
        // A long batch lets requests and answers through.
        if (sequence % BREATHE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  async function go(): Promise<void> {
    running = true;
    try {
      do {
        again = false;
        await run();
      } while (again && !closed);
    } catch (error) {
      onWarning(error);
      setTimeout(kick, AGAIN_MS).unref();
    }
    running = false;
  }

  function kick(): void {
    again = true;
    if (!running && !closed) void go();
  }

  function announce(record: JournalRecord): void {
    const present = listeners;
    for (const listener of present) {
      if (!listeners.includes(listener)) continue;
      try {
        listener(record);
      } catch (error) {
        onWarning(error);
      }
    }
  }

  return {
    get durable() {
      return durable;
    },
    subscribe(listener) {
      // A wrapper of its own, so that one function may listen twice.
      const own = (record: JournalRecord) => listener(record);
      listeners = [...listeners, own];
      return () => {
        listeners = listeners.filter((other) => other !== own);
      };
    },
    kick,
    close() {
      closed = true;
    },
  };
}
