import type { Layout } from './layout.ts';
import { copyOf, encodeOrder, type OrderState } from './order.ts';
import type { Message } from './outbox.ts';

export interface SequencerPorts {
  layout: Layout;
  /** What this process has folded of the order. */
  state: OrderState;
  /** End of a source as this process has read it: all before is durable. */
  end(source: number): number;
  /** Ends of all scored partitions, asked of the brokers. */
  scoredEnds(): Promise<Map<number, number>>;
  /** Appends to assay.order. */
  write(message: Message): Promise<number>;
  /** How long this process waits for another one, milliseconds. Asked anew for each wait. */
  patienceMs(): number;
  onError(error: unknown): void;
}

/**
 * Writes the total order where it is this process's turn. Whoever wrote last goes on at once; everyone else waits a while and
 * takes over when nothing comes. Two that write at the same time overlap, which readers ignore.
 */
export interface Sequencer {
  /** A source has more records, or the order was folded further. */
  kick(): void;
  /** A record of the order was folded. */
  folded(writer: string, progress: boolean): void;
  /** Whether this process wrote last. */
  readonly mine: boolean;
  close(): void;
}

/** A snapshot stands in the first record of a writer, and in each of so many. */
export const SNAPSHOT_EVERY = 32;
/** After a failure to write. */
const AGAIN_MS = 100;

export function createSequencer(ports: SequencerPorts, me: string): Sequencer {
  const { layout, state } = ports;
  let mine = false;
  let writing = false;
  /** Own record of the order that is not folded yet: until it is, nothing is known to be unordered. */
  let awaited = -1;
  let written = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const isPending = (source: number) => ports.end(source) > state.n[source];

  function hasPending(): boolean {
    for (let source = 0; source < layout.sources; source++) if (isPending(source)) return true;
    return false;
  }

  function kick(): void {
    if (closed || writing || awaited >= state.k || !hasPending()) return;
    if (mine) void write();
    else timer ??= setTimeout(overdue, ports.patienceMs());
  }

  function overdue(): void {
    timer = undefined;
    if (!closed && !writing && hasPending()) void write();
  }

  async function write(): Promise<void> {
    writing = true;
    try {
      // What else arrives in this turn goes along.
      await new Promise((resolve) => setImmediate(resolve));
      const ranges = await rangesNow();
      if (ranges.length === 0) return;
      const snapshot = !mine || written++ % SNAPSHOT_EVERY === 0 ? copyOf(state) : undefined;
      const value = encodeOrder({ writer: me, ranges, snapshot }, layout.sources);
      awaited = await ports.write({ key: null, value, headers: [], bytes: value.length + 16 });
    } catch (error) {
      ports.onError(error);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    } finally {
      writing = false;
      kick();
    }
  }

  /**
   * What people do follows what it is about: a label was given to a decision that was durable before. So once events are seen,
   * everything that is durable in the scored partitions by then goes before them.
   */
  async function rangesNow(): Promise<[number, number, number][]> {
    const late = [layout.events, layout.control].filter(isPending);
    const lateEnds = late.map((source) => ports.end(source));
    const scored = late.length > 0 ? await ports.scoredEnds() : undefined;
    const ranges: [number, number, number][] = [];
    const add = (source: number, end: number) => {
      if (end > state.n[source]) ranges.push([source, state.n[source], end - 1]);
    };
    for (let p = 0; p < layout.partitions; p++) add(p, Math.max(ports.end(p), scored?.get(p) ?? 0));
    for (const [i, source] of late.entries()) add(source, lateEnds[i]);
    return ranges;
  }

  return {
    kick,
    folded(writer, progress) {
      mine = writer === me;
      // Somebody orders: patience begins anew.
      if (progress || mine) {
        clearTimeout(timer);
        timer = undefined;
      }
      kick();
    },
    get mine() {
      return mine;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
