/** What is on its way to the store, each with its sequence: a bounded buffer, and the pauses of the one who empties it. */
export interface Inbox<T extends { sequence: number }> {
  push(record: T): void;
  /** What came did not all fit: the buffer is empty, and stays so until `reset`. */
  readonly overflowed: boolean;
  overflow(): void;
  reset(): void;
  readonly size: number;
  /** Sequence of the oldest record; NaN when empty. */
  readonly first: number;
  take(limit: number): T[];
  /** Forgets records at or below the sequence. */
  dropThrough(sequence: number): void;
  /** Resolves when a record is there, or on `hurry`. */
  arrival(): Promise<void>;
  /** Resolves after the time, or once `size` records are there, or on `hurry`. */
  pause(ms: number, size: number): Promise<void>;
  /** Resolves after the time or on `hurry`. */
  sleep(ms: number): Promise<void>;
  /** Ends the pause: someone waits, or it is time to stop. */
  hurry(): void;
}

export function createInbox<T extends { sequence: number }>(capacity: number): Inbox<T> {
  let records: T[] = [];
  let overflowed = false;
  let wakeAt = Number.POSITIVE_INFINITY;
  let wake: (() => void) | undefined;

  const overflow = () => {
    overflowed = true;
    records = [];
    hurry();
  };
  const hurry = () => wake?.();
  const pause = (ms: number | undefined, size: number) =>
    new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => wake?.(), ms);
      wakeAt = size;
      wake = () => {
        clearTimeout(timer);
        wake = undefined;
        wakeAt = Number.POSITIVE_INFINITY;
        resolve();
      };
    });

  return {
    push(record) {
      if (overflowed) return;
      if (records.length >= capacity) return overflow();
      records.push(record);
      if (records.length >= wakeAt) hurry();
    },
    get overflowed() {
      return overflowed;
    },
    overflow,
    reset() {
      overflowed = false;
      records = [];
    },
    get size() {
      return records.length;
    },
    get first() {
      return records[0]?.sequence ?? Number.NaN;
    },
    take: (limit) => records.splice(0, limit),
    dropThrough(sequence) {
      const keep = records.findIndex((record) => record.sequence > sequence);
      if (keep !== 0) records.splice(0, keep === -1 ? records.length : keep);
    },
    arrival: () => (records.length > 0 || overflowed ? Promise.resolve() : pause(undefined, 1)),
    pause: (ms, size) => (records.length >= size ? Promise.resolve() : pause(ms, size)),
    sleep: (ms) => pause(ms, Number.POSITIVE_INFINITY),
    hurry,
  };
}
