import type { LogClient } from './client.ts';
import type { History, ReadPartition } from './history.ts';
import type { Layout } from './layout.ts';
import { decodeOrder, foldOrder, type OrderState } from './order.ts';

/** Where a process begins to follow the log. */
export interface Start {
  /** The order, folded to where it ended. */
  state: OrderState;
  /** By number of the partition: some offsets before what is not ordered, to know which names are taken. */
  from: Map<number, number>;
  /** From here on it is known of each record whether it is void. */
  knownFrom: number[];
  /** What comes before is read for its names alone. */
  heldFrom: number[];
}

const CHUNK_BYTES = 512 * 1024;

export async function findStart(
  layout: Layout,
  client: LogClient,
  read: ReadPartition,
  history: History,
  window: number,
): Promise<Start> {
  const sources = Array.from({ length: layout.sources }, (_, source) => source);
  const end = (await client.latest([layout.order])).get(layout.order)!;
  const state = await history.newestSnapshot(end);
  while (state.k < end) {
    const records = await read(layout.order, state.k, CHUNK_BYTES);
    if (records.length === 0) break;
    for (const { value, offset } of records) foldOrder(state, decodeOrder(value, layout.sources), offset);
  }
  history.anchor(state);
  const kept = await client.earliest(sources);
  const from = new Map<number, number>([[layout.order, state.k]]);
  const knownFrom: number[] = [];
  for (const source of sources) {
    const earliest = kept.get(source)!;
    const start = Math.max(earliest, state.n[source] - window);
    from.set(source, start);
    knownFrom.push(start === earliest ? start : state.n[source]);
  }
  return { state, from, knownFrom, heldFrom: [...state.n] };
}
