/** One real Redis for a test file, and a namespace of its own for each set of profiles. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts';
import { openRedisProfiles, type RedisProfiles, type RedisProfilesOptions } from '../../src/adapters/redis/profiles.ts';
import { ENTITY_TYPES } from './profile-events.ts';

export interface TestRedis {
  /** Why there is none to try: only where no redis-server can be had. */
  skip?: string;
  server: RedisServer;
}

/** Stopped, and its data gone, at the file's end. */
export async function redisServer(settings: Record<string, string | number> = {}): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-redis-'));
  try {
    const server = await startRedis({ directory, settings });
    after(async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    });
    return { server };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    return { skip: (error as Error).message, server: undefined! };
  }
}

let count = 0;

export const ownNamespace = () => `t${process.pid}-${++count}`;

/** Closed at the test's end. Its deadline is generous: a busy machine is not a server that is away. */
export async function openedProfiles(
  t: TestContext,
  { server }: TestRedis,
  options: Partial<RedisProfilesOptions> = {},
): Promise<RedisProfiles> {
  const profiles = await openRedisProfiles({
    ...{ url: server.url, namespace: ownNamespace(), entityTypes: ENTITY_TYPES, deadlineMs: 5_000 },
    ...options,
  });
  t.after(() => profiles.close());
  return profiles;
}
