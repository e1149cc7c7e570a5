import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisProfiles, RedisProfilesOptions } from '../../src/adapters/redis/profiles.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { naiveContent } from './naive-profile.ts';
import { contentOf, entitiesOf, isEvent, type LogEntry, only } from './profile-events.ts';
import { openedProfiles, type TestRedis } from './redis.ts';

/** The merchant of `hotMerchant`. */
export const merchant = only(4, 5);

/** Profiles and what they log. */
export async function opened(t: TestContext, redis: TestRedis, options: Partial<RedisProfilesOptions> = {}) {
  const said: string[] = [];
  const log = {
    info: (_: object, text: string) => said.push(text),
    warn: (_: object, text: string) => said.push(text),
  };
  return { said, profiles: await openedProfiles(t, redis, { log, ...options }) };
}

export function admin(t: TestContext, { server }: TestRedis): Redis {
  const client = new Redis(server.url, { enableOfflineQueue: true });
  client.on('error', () => {});
  t.after(() => client.disconnect());
  return client;
}

export async function assertShows(profiles: RedisProfiles, log: readonly LogEntry[]): Promise<void> {
  for (const { type, key } of entitiesOf(log.map(({ event }) => event))) {
    const { profiles: view, degraded } = await profiles.fetch(only(type, key));
    assert.equal(degraded, false);
    assert.deepEqual(contentOf(view, type, key), naiveContent(view.layouts[type], type, key, log));
  }
}

export const events = (log: readonly LogEntry[]) => log.filter(isEvent);
export async function insertAll(profiles: RedisProfiles, log: readonly LogEntry[]): Promise<void> {
  const left = events(log);
  while (left.length > 0)
    await Promise.all(left.splice(0, 50).map(({ event, position }) => profiles.insert(event, position)));
}
export const total = async (profiles: RedisProfiles) => (await profiles.fetch(merchant)).profiles.get(4, 5)?.total;
export const unavailable = (error: unknown) => error instanceof AssayError && error.code === 'unavailable';

export async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(20);
}

export const isBack = async (profiles: RedisProfiles) => !(await profiles.fetch(merchant)).degraded;
