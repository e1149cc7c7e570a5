import type { Clock } from '../../domain/clock.ts';
import type { AssayError } from '../../domain/errors.ts';
import type { Event } from '../../domain/event.ts';
import { reasonOf } from '../../domain/outage.ts';
import type { RepeatedRecord, SharedProfiles } from '../../profiles/shared.ts';
import { type Command, type Connection, firstError, type RedisLog } from './connection.ts';

export interface InsertOptions {
  deadlineMs: number;
  /** The log's consumer is far behind once it has to repeat so many records of a partition. */
  behindRecords: number;
  positionKey(partition: number): string;
  /** Redis was found to have lost profiles: told once, until they are rebuilt. */
  onLost(): void;
  /** The command that takes a record. */
  commandOf(record: RepeatedRecord, partition: number): Command;
  /** A record was taken: what each of its profiles is known by since. */
  onTaken(event: Event, versions: Buffer[]): void;
  clock: Clock;
  log: RedisLog | undefined;
}

export interface Inserts {
  insert: SharedProfiles['insert'];
  /** Redis has less of a profile than it had. */
  lost(): void;
  /** The last one did not get there. */
  readonly refused: boolean;
  /** What Redis said then. */
  readonly problem: string | undefined;
  /** Profiles lack what the log holds, as after Redis was emptied: until the log's consumer has passed it. */
  readonly behind: boolean;
  stats(): { inserts: number; insertErrors: number };
}

/** Near a full memory some are taken and some are not: it is over when all were for so long. */
const QUIET_MS = 1_000;

/** Adds what was decided to its profiles, and knows when profiles show less than they should. */
export function createInserts(connection: Connection, options: InsertOptions): Inserts {
  const { deadlineMs, behindRecords, positionKey, onLost, commandOf, onTaken, clock, log } = options;
  const counts = { inserts: 0, insertErrors: 0 };
  let refused: AssayError | undefined;
  let refusedAt = 0;
  let told = false;
  let behind = false;
  let lost = false;
  /** By partition, the newest insert of this process; and those that Redis has lost and the log's consumer has not passed again. */
  const newest = new Map<number, number>();
  let owed = new Map<number, number>();

  function took(error: AssayError | undefined): void {
    refused = error;
    if (refused) refusedAt = clock();
    if (error && !told) {
      log?.warn({ reason: error.message }, 'Redis does not take what is learnt: decisions are marked degraded');
      told = true;
    } else if (told && clock() - refusedAt > QUIET_MS) {
      log?.info({}, 'Redis takes what is learnt again');
      told = false;
    }
  }

  function tell(now: boolean): void {
    if (now && !behind) log?.warn({}, 'profiles are being rebuilt from the log: decisions are marked degraded');
    if (!now && behind) log?.info({}, 'profiles are rebuilt');
    behind = now;
  }

  /** `lag` of the partition that was inserted into, and how far the consumer has got where something is owed. */
  function compare(lag: number, next: ReadonlyMap<number, number>): void {
    for (const [each, at] of owed) if ((next.get(each) ?? 0) > at) owed.delete(each);
    lost = owed.size > 0;
    tell(lost || lag > behindRecords);
  }

  return {
    async insert(event, { partition, offset }, keys = []) {
      counts.inserts++;
      newest.set(partition, Math.max(offset, newest.get(partition) ?? 0));
      const asked = [...owed.keys()];
      try {
        const answers = await connection.run(
          [
            commandOf({ offset, learn: event, keys: [...keys] }, partition),
            ...asked.map((each): Command => ['GET', positionKey(each)]),
          ],
          deadlineMs,
        );
        const error = firstError(answers);
        if (error) throw error;
        const [[at, ...versions], ...next] = answers as [Buffer[], ...(Buffer | null)[]];
        compare(offset - numberOf(at), new Map(asked.map((each, i) => [each, numberOf(next[i])])));
        took(undefined);
        if (versions.length > 0) onTaken(event, versions);
      } catch (error) {
        counts.insertErrors++;
        took(error as AssayError);
        throw error;
      }
    },
    lost() {
      if (lost) return;
      lost = true;
      owed = new Map(newest);
      tell(true);
      onLost();
    },
    get refused() {
      return refused !== undefined;
    },
    get problem() {
      return refused && reasonOf(refused);
    },
    get behind() {
      return behind;
    },
    stats: () => ({ ...counts }),
  };
}

const numberOf = (answer: Buffer | null) => Number(String(answer ?? 0));
