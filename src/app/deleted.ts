import type pino from 'pino';
import type { RedisProfiles } from '../adapters/redis/profiles.ts';
import { deletedIn } from '../engine/repeated.ts';
import type { Journal } from '../journal/journal.ts';

/** What was deleted just while this process began to follow the log is known after so long at the latest. */
const EVERY_MS = 30_000;

type DeletedIds = Pick<RedisProfiles, 'markDeleted' | 'loadDeleted' | 'onReconnected'>;

/**
 * Ids of deleted transactions: those that Redis knows of, and those that come. Redis is told of both at once, for processes that start
 * before the log's consumer gets there, and after Redis has lost them. Returns what ends it.
 */
export function followDeleted(
  journal: Pick<Journal, 'subscribe'>,
  shared: DeletedIds,
  deleted: Set<string>,
  log: Pick<pino.Logger, 'warn'>,
): () => void {
  const stop = journal.subscribe((record) => {
    const ids = deletedIn([record]);
    for (const id of ids) deleted.add(id);
    // Where Redis is away, the log's consumer tells it.
    shared.markDeleted(ids).catch(() => {});
  });
  const exchange = async () => {
    try {
      const known = await shared.loadDeleted();
      await shared.markDeleted([...deleted].filter((id) => !known.has(id)));
      for (const id of known) deleted.add(id);
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'the ids of deleted transactions are not known yet');
    }
  };
  void exchange();
  shared.onReconnected(() => void exchange());
  const timer = setInterval(exchange, EVERY_MS);
  timer.unref();
  return () => {
    stop();
    clearInterval(timer);
  };
}
