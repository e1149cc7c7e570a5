import type { Clock } from '../../domain/clock.ts';
import type { AssayError } from '../../domain/errors.ts';
import type { Event } from '../../domain/event.ts';
import type { Position } from '../../domain/position.ts';
import { type Command, type Connection, firstError, type RedisLog } from './connection.ts';

export interface InsertOptions {
  deadlineMs: number;
  /** The log's consumer is far behind once it has to repeat so many records of a partition. */
  behindRecords: number;
  positionKey(partition: number): string;
  /** The commands that add an event to each of its profiles. */
  commandsOf(event: Event, position: Position): Command[];
  clock: Clock;
  log: RedisLog | undefined;
}

export interface Inserts {
  insert(event: Event, position: Position): Promise<void>;
  /** The last one did not get there. */
  readonly refused: boolean;
  /** Profiles lack what the log holds, as after Redis was emptied. */
  readonly behind: boolean;
  stats(): { inserts: number; insertErrors: number };
}

/** Near a full memory some are taken and some are not: it is over when all were for so long. */
const QUIET_MS = 1_000;

/** Adds what was decided to its profiles, and knows when profiles show less than they should. */
export function createInserts(connection: Connection, options: InsertOptions): Inserts {
  const { deadlineMs, behindRecords, positionKey, commandsOf, clock, log } = options;
  const counts = { inserts: 0, insertErrors: 0 };
  let refused = false;
  let refusedAt = 0;
  let told = false;
  let behind = false;

  function took(error: AssayError | undefined): void {
    refused = error !== undefined;
    if (refused) refusedAt = clock();
    if (error && !told) {
      log?.warn({ reason: error.message }, 'Redis does not take what is learnt: decisions are marked degraded');
      told = true;
    } else if (told && clock() - refusedAt > QUIET_MS) {
      log?.info({}, 'Redis takes what is learnt again');
      told = false;
    }
  }

  function compare(lag: number): void {
    const now = lag > behindRecords;
    if (now && !behind) log?.warn({ lag }, 'profiles are being rebuilt from the log: decisions are marked degraded');
    if (!now && behind) log?.info({ lag }, 'profiles are rebuilt');
    behind = now;
  }

  return {
    async insert(event, position) {
      counts.inserts++;
      const commands = [...commandsOf(event, position), ['GET', positionKey(position.partition)] as Command];
      try {
        const answers = await connection.run(commands, deadlineMs);
        const error = firstError(answers);
        if (error) throw error;
        compare(position.offset - Number(String(answers.at(-1) ?? 0)));
        took(undefined);
      } catch (error) {
        counts.insertErrors++;
        took(error as AssayError);
        throw error;
      }
    },
    get refused() {
      return refused;
    },
    get behind() {
      return behind;
    },
    stats: () => ({ ...counts }),
  };
}
