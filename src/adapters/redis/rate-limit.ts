import { createRateLimiter, type RateLimiter } from '../../api/rate-limit.ts';
import { call, firstError, openConnection, type RedisLog } from './connection.ts';
import { hashedName } from './keys.ts';
import { TAKE } from './scripts.ts';

export interface RedisRateLimitOptions {
  /** `redis://user:password@host:port/0`, or `rediss:`. */
  url: string;
  /** Authorities to trust instead of the system's, PEM; for `rediss:`. */
  ca?: string | undefined;
  namespace: string;
  /** Requests of a caller per window. */
  max: number;
  windowMs: number;
  /** Of what a request waits for. 50 by default. */
  deadlineMs?: number;
  log?: RedisLog;
}

export interface RedisRateLimiter extends RateLimiter {
  close(): Promise<void>;
}

/**
 * One limit for all processes, by Redis' clock: a fixed window that begins with a caller's first request. While Redis does not answer
 * each process keeps to the limit by itself, so that a caller may get it once from each of them and nobody waits.
 *
 *   <namespace>:rate:<hash>   string   taken in this window; gone at its end
 */
export function openRedisRateLimiter(options: RedisRateLimitOptions): RedisRateLimiter {
  const { url, ca, namespace, max, windowMs, deadlineMs = 50, log } = options;
  const connection = openConnection({ url, ca, name: 'rate-limit', log });
  const own = createRateLimiter({ max, windowMs });

  async function shared(caller: string, cost: number) {
    const take = call(TAKE, [`${namespace}:rate:${hashedName(caller)}`], [cost, max, windowMs]);
    const answers = await connection.run([take], deadlineMs);
    const error = firstError(answers);
    if (error) throw error;
    const [taken, used, leftMs] = answers[0] as number[];
    const resetSeconds = Math.max(1, Math.ceil(leftMs / 1000));
    return { allowed: taken === 1, limit: max, remaining: Math.max(0, max - used), resetSeconds };
  }

  return {
    take: (caller, cost, now) => shared(caller, cost).catch(() => own.take(caller, cost, now)),
    close: connection.close,
  };
}
