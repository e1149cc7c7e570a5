import { Redis } from 'ioredis';

export interface RedisProbe {
  version: string;
  /** Its clock, milliseconds. */
  at: number;
  /** What it does when its memory is full. */
  eviction: string | undefined;
}

/** Asks a server once, and changes nothing. Rejects where it cannot be reached. */
export async function probeRedis(url: string, ca: string | undefined, limitMs: number): Promise<RedisProbe> {
  const redis = new Redis(url, {
    ...{ lazyConnect: true, connectTimeout: limitMs, maxRetriesPerRequest: 0, retryStrategy: () => null },
    ...{ connectionName: 'assay-doctor', enableOfflineQueue: false, disableClientInfo: true },
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  // Why it ended is told here alone; the call itself only says that it did.
  let why: Error | undefined;
  redis.on('error', (error: Error) => {
    why = error;
  });
  try {
    await redis.connect();
    const [info, [seconds, micros]] = await Promise.all([redis.info(), redis.time() as Promise<(string | number)[]>]);
    const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
    return {
      version: field('redis_version') ?? 'unknown',
      at: Number(seconds) * 1_000 + Number(micros) / 1_000,
      eviction: field('maxmemory_policy'),
    };
  } catch (error) {
    throw why ?? error;
  } finally {
    redis.disconnect();
  }
}
