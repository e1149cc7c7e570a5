import type { JournalRecord } from '../../journal/journal.ts';
import type { Delivery } from './delivery.ts';
import { voidRecord } from './encoding.ts';
import type { History } from './history.ts';
import type { Memory } from './memory.ts';
import type { Segment } from './order.ts';
import type { Segments } from './segments.ts';

export interface ReadPorts {
  from: number;
  delivery: Pick<Delivery, 'durable'>;
  segments: Segments;
  memory: Memory;
  history: History;
}

/** Records from a sequence on, ending at what is durable when it gets there: from memory where they are, else from the log. */
export async function* readRecords({
  from,
  delivery,
  segments,
  memory,
  history,
}: ReadPorts): AsyncIterable<JournalRecord> {
  const cursor = history.cursor();
  let next = Math.max(1, Math.ceil(from));

  async function* within(segment: Segment): AsyncIterable<JournalRecord> {
    const { source, base } = segment;
    const last = base + segment.to - segment.from;
    while (next <= last && next <= delivery.durable) {
      const offset = segment.from + next - base;
      const isKnown = memory.isVoid(source, offset) !== undefined;
      yield (isKnown ? memory.recordAt(source, offset, next) : undefined) ?? (await cursor(source, offset, next));
      next++;
    }
  }

  while (next <= delivery.durable) {
    const known = segments.at(next);
    if (known) {
      yield* within(known);
      continue;
    }
    const before = next;
    for await (const segment of history.segments(next)) {
      // What was before the oldest order that is kept.
      while (next < segment.base && next <= delivery.durable) yield voidRecord(segment.source, -next, next++, 0);
      yield* within(segment);
      if (next > delivery.durable || segments.at(next)) break;
    }
    if (next === before) return;
  }
}
