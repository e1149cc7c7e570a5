import type { RecordsBatch } from '@platformatic/kafka';

/** A transaction that was aborted, as a fetch of what is committed names it. */
export interface Aborted {
  producerId: bigint;
  firstOffset: bigint;
}

const TRANSACTIONAL = 0b010000;
const CONTROL = 0b100000;
const ABORT = 0;

/**
 * The batches of one fetch that are not of aborted transactions, with control batches among them. The broker
 * names every aborted transaction that reaches into what it hands out, those that began in an earlier fetch too, so each fetch
 * is understood by itself. A producer's batches are left out from the first offset of a transaction so named until its next
 * abort marker: of several aborted transactions of one producer each has its own span, and what was committed between stays.
 */
export function committedOf(batches: readonly RecordsBatch[], aborted: readonly Aborted[]): RecordsBatch[] {
  const begins = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  let next = 0;
  return batches.filter((batch) => {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (; next < begins.length && begins[next].firstOffset <= last; next++) open.add(begins[next].producerId);
    if (batch.attributes & CONTROL) {
      if (typeOfMarker(batch) === ABORT) open.delete(batch.producerId);
      return true;
    }
    return !(batch.attributes & TRANSACTIONAL && open.has(batch.producerId));
  });
}

/** A marker's key: its version and its type, two bytes each. */
function typeOfMarker({ records: [marker] }: RecordsBatch): number | undefined {
  return marker?.key && marker.key.length >= 4 ? marker.key.readInt16BE(2) : undefined;
}
