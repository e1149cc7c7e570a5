import { readBodies } from '../training/bodies.ts';
import type { ReadOptions } from '../training/csv.ts';
import type { ColumnMap } from '../training/formats.ts';

/** Where history goes: a data directory, or the server that holds it. Rows come in time order, in batches. */
export interface ReplaySink {
  /** Decides in the order given; resolves when all are durable. */
  decide(rows: { body: Record<string, unknown>; time: number }[]): Promise<{ decision: string; repeated: boolean }[]>;
  /** False where it was known before. */
  label(id: string, label: 'fraud' | 'legitimate', at: number): Promise<boolean>;
}

export interface ReplaySummary {
  transactions: number;
  /** Known before by id. */
  repeated: number;
  labels: number;
  errors: number;
  decisions: Record<string, number>;
}

interface Due {
  id: string;
  label: 'fraud' | 'legitimate';
  at: number;
}

/** Rows decided between two waits for the disk. */
const BATCH = 512;

/** Feeds a history file to a sink: each label in its turn, when it became known. */
export async function replayInto(
  sink: ReplaySink,
  file: string,
  map: ColumnMap,
  options: ReadOptions & { delayMs: number },
): Promise<ReplaySummary> {
  const summary: ReplaySummary = {
    transactions: 0,
    repeated: 0,
    labels: 0,
    errors: 0,
    decisions: { approve: 0, review: 0, decline: 0 },
  };
  const due: Due[] = [];
  let batch: { body: Record<string, unknown>; time: number }[] = [];
  let newest = Number.NEGATIVE_INFINITY;

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const rows = batch;
    batch = [];
    for (const { decision, repeated } of await sink.decide(rows)) {
      summary.decisions[decision] = (summary.decisions[decision] ?? 0) + 1;
      summary.transactions++;
      if (repeated) summary.repeated++;
    }
  }

  const rows: Parameters<Parameters<typeof readBodies>[3]>[0][] = [];
  let unnamed = 0;
  const drain = async () => {
    for (const { body, time, fraud, labelledAt } of rows.splice(0)) {
      if (due.length > 0 && due[0].at <= time) {
        await flush();
        while (due.length > 0 && due[0].at <= time) {
          const { id, label, at } = due.shift()!;
          if (await sink.label(id, label, at)) summary.labels++;
        }
      }
      batch.push({ body, time });
      if (batch.length >= BATCH) await flush();
      const at = Number.isNaN(labelledAt) ? (fraud ? time + options.delayMs : Number.NaN) : labelledAt;
      if (!Number.isNaN(at)) insert(due, { id: String(body.id), label: fraud ? 'fraud' : 'legitimate', at });
    }
  };
  const read = await readBodies(file, map, { ...options, between: drain }, (row) => {
    if (row.time < newest) throw new Error('the row is earlier than the one before it: the file must be in time order');
    newest = row.time;
    row.body.id ??= `row-${++unnamed}`;
    rows.push(row);
  });
  await drain();
  await flush();
  summary.errors = read.errors;
  return summary;
}

/** Keeps what is due in order: mostly at or near the end. */
function insert(due: Due[], item: Due): void {
  let low = 0;
  let high = due.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (due[middle].at <= item.at) low = middle + 1;
    else high = middle;
  }
  due.splice(low, 0, item);
}
