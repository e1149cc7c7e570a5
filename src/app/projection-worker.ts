/**
 * The thread of the projection: it reads the log's files by itself, makes the rows and has the database's socket, and makes the columns
 * that backtests read, so that the thread that decides has none of that. What crosses are sequences: which records to apply, and how far the database is.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openChunkFiles } from '../adapters/embedded/chunk-files.ts';
import { reading } from '../adapters/postgres/connection.ts';
import { openProjection } from '../adapters/postgres/projection.ts';
import { AssayError } from '../domain/errors.ts';
import { COLUMNS_FAILED, createColumnFollower } from '../engine/columns/follower.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { nodeFiles } from '../journal/local/files.ts';
import { followJournal } from '../journal/local/follow.ts';
import type { CommandAnswer } from '../projections/command-answer.ts';
import type { Log } from '../projections/log.ts';
import type { Ask, Seat, Thrown, Told } from './projection-thread.ts';

const { settings, directory, columns: columnsIn } = workerData as Seat;
const port = parentPort!;
const tell = (told: Told) => port.postMessage(told);
const say =
  (log: 'debug' | 'info' | 'warn' | 'error'): Log['debug'] =>
  (fields, message) =>
    tell({ log, fields, message });
const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };

let outcomes = new Map<number, CommandAnswer>();
const projection = openProjection(settings, { clock: Date.now, log, outcomeOf: (sequence) => outcomes.get(sequence) });
const journal = followJournal(nodeFiles, directory);
const columns = createColumnFollower({
  ...{ files: openChunkFiles(columnsIn), entityTypes: settings.entityTypes },
  breathe: () => breathe(),
  onError: (error) => log.warn({ err: error }, COLUMNS_FAILED),
});
/** Records that were read while the database had those before; none while more are read. */
let ready: JournalRecord[] = [];
let readingAhead: Promise<void> | undefined;

async function take(from: number, through: number): Promise<JournalRecord[]> {
  await readingAhead;
  if (ready[0]?.sequence !== from) ready = [];
  const missing = from + ready.length;
  if (missing <= through) ready.push(...(await journal.read(missing, through)));
  return ready.splice(0, through - from + 1);
}

function readAhead(from: number, through: number): void {
  if (ready.length > 0 || from > through) return;
  readingAhead = journal.read(from, through).then(
    (records) => void (ready = records),
    // Whoever needs them reads again, and sees the failure.
    () => {},
  );
}

async function apply({ from, through, durable, outcomes: told }: Ask): Promise<number> {
  const records = await take(from, through);
  outcomes = new Map(told);
  for (const record of records) columns.take(record);
  readAhead(through + 1, Math.min(durable, through + records.length));
  return reading(() => projection.apply(records));
}

function thrownBy(error: unknown): Thrown {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const { code, retryAfterSeconds } = error instanceof AssayError ? error : ({} as Partial<AssayError>);
  return { name, message, stack, ...(code && { code }), ...(retryAfterSeconds && { retryAfterSeconds }) };
}

port.on('message', (ask: Ask | undefined) => {
  if (ask === undefined) return void close();
  apply(ask).then(
    (applied) => tell({ applied }),
    (error) => tell({ thrown: thrownBy(error) }),
  );
});

async function close(): Promise<void> {
  port.close();
  await readingAhead;
  await columns.close();
  await journal.close();
  await projection.close();
}
