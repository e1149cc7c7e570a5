import { AssayError } from '../../domain/errors.ts';
import type { LogClient } from './client.ts';
import type { History, ReadPartition } from './history.ts';
import type { Layout } from './layout.ts';
import { decodeOrder, foldOrder, type OrderState, sourcesOf } from './order.ts';

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
  if (end > 0) await checkSources(layout, end, read);
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

/** The order numbers the sources, so their number must stay: partitions cannot be added to transactions.scored. */
async function checkSources(layout: Layout, end: number, read: ReadPartition): Promise<void> {
  const [newest] = await read(layout.order, end - 1, 1);
  const sources = sourcesOf(newest.value);
  if (sources === undefined || sources === layout.sources) return;
  throw new AssayError(
    'internal',
    `${layout.names.scored} has ${layout.partitions} partitions, and its order was written for ${sources - 2}. ` +
      'Their number cannot change: take another ASSAY_NAMESPACE and replay, or put the topic back.',
  );
}
