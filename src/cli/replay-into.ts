import type { ColumnMap } from '../training/column-map.ts';
import { FileError } from '../training/csv.ts';
import type { FileEvent } from '../training/file-events.ts';
import { type FileOptions, isInTimeOrder, readRows } from '../training/history-file.ts';
import type { FileRow } from '../training/rows.ts';

/** A row, and where it stands. */
export interface ReplayRow extends FileRow {
  line: number;
}

/** What became of a row, or why it could not be decided. */
export type Replayed = { decision: string; repeated: boolean } | { fault: string };

/** Where history goes: a data directory, or the server that holds it. Rows come in time order, in batches. */
export interface ReplaySink {
  /** Decides in the order given; resolves when all are durable. */
  decide(rows: ReplayRow[]): Promise<Replayed[]>;
  /** False where it was known before. */
  label(id: string, label: 'fraud' | 'legitimate', at: number): Promise<boolean>;
  /** The same of what became of a payment. */
  tell(id: string, event: FileEvent): Promise<boolean>;
}

export interface ReplaySummary {
  transactions: number;
  /** Known before by id. */
  repeated: number;
  labels: number;
  /** Labels of the file that were not told: those known only after its last row, and legitimate ones of which it says no time. */
  untold: { later: number; undated: number };
  events: number;
  errors: number;
  decisions: Record<string, number>;
}

interface Due {
  id: string;
  at: number;
  told: 'fraud' | 'legitimate' | FileEvent;
}

/** Rows decided between two waits for the disk. */
const BATCH = 512;

/** Feeds a history file to a sink: each label in its turn, when it became known. Every bad row is told, whatever is wrong with it. */
export async function replayInto(
  sink: ReplaySink,
  file: string,
  map: ColumnMap,
  options: FileOptions & { delayMs: number },
): Promise<ReplaySummary> {
  const { maxErrors = 0, onError } = options;
  const summary: ReplaySummary = {
    transactions: 0,
    repeated: 0,
    labels: 0,
    untold: { later: 0, undated: 0 },
    events: 0,
    errors: 0,
    decisions: { approve: 0, review: 0, decline: 0 },
  };
  const due: Due[] = [];
  const refused = new Set<string>();
  let batch: ReplayRow[] = [];

  function refuse(error: FileError): void {
    if (++summary.errors > maxErrors) throw error;
    onError?.(error);
  }

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const rows = batch;
    batch = [];
    for (const [i, answer] of (await sink.decide(rows)).entries()) {
      if ('fault' in answer) {
        refused.add(rows[i].transaction.id);
        refuse(new FileError(`${file}, line ${rows[i].line}: ${answer.fault}`));
        continue;
      }
      summary.decisions[answer.decision] = (summary.decisions[answer.decision] ?? 0) + 1;
      summary.transactions++;
      if (answer.repeated) summary.repeated++;
    }
  }

  async function tellDue(until: number): Promise<void> {
    if (due.length === 0 || due[0].at > until) return;
    await flush();
    while (due.length > 0 && due[0].at <= until) {
      const { id, told, at } = due.shift()!;
      if (refused.has(id)) continue;
      if (typeof told === 'string') summary.labels += (await sink.label(id, told, at)) ? 1 : 0;
      else summary.events += (await sink.tell(id, told)) ? 1 : 0;
    }
  }

  const rows: ReplayRow[] = [];
  const drain = async () => {
    for (const row of rows.splice(0)) {
      const { transaction, fraud, truth, labelledAt, events } = row;
      await tellDue(transaction.time);
      batch.push(row);
      if (batch.length >= BATCH) await flush();
      const at = Number.isNaN(labelledAt) ? (fraud ? transaction.time + options.delayMs : Number.NaN) : labelledAt;
      const { id } = transaction;
      // Only what is confirmed is said: presumed, immature and blocked payments have no label.
      if (!Number.isNaN(at) && (fraud || truth === 'legitimate'))
        insert(due, { id, told: fraud ? 'fraud' : 'legitimate', at });
      else if (truth === 'legitimate') summary.untold.undated++;
      for (const told of events) insert(due, { id, told, at: told.at });
    }
  };
  const reading = { ...options, maxErrors: Number.POSITIVE_INFINITY, onError: refuse, between: drain };
  const order = (await isInTimeOrder(file, map)) ? undefined : 'sorted';
  await readRows(file, map, { ...reading, order }, (row, line) => {
    const sent = row.sent();
    rows.push({ ...row, sent: () => sent, line });
  });
  await drain();
  await flush();
  summary.untold.later = due.filter(({ told, id }) => typeof told === 'string' && !refused.has(id)).length;
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
