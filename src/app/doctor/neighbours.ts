import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { probeKafka } from '../../adapters/kafka/probe.ts';
import { probeDatabase } from '../../adapters/postgres/probe.ts';
import { probeRedis } from '../../adapters/redis/probe.ts';
import type { Config } from '../../config.ts';
import { kafkaOptions, pemOf } from '../shared.ts';
import type { Told } from './clock.ts';
import { type Finding, reason, within } from './finding.ts';

const LIMIT_MS = 4_000;

type Look = () => Promise<Finding>;

/** Everything that the configuration names on the network, asked at once. `told` gets their clocks. */
export function askNeighbours(config: Config, told: Told[]): Promise<Finding>[] {
  const looks: Record<string, Look> = {};
  const { databaseUrl, fleet, llm } = config;
  if (databaseUrl) looks.postgresql = () => postgresql(databaseUrl, config.namespace, told);
  if (fleet) {
    looks.redis = () => redis(fleet, told);
    looks.kafka = () => kafka(fleet, config.namespace);
    const registry = fleet.schemaRegistryUrl;
    if (registry) looks['schema registry'] = () => answers('schema registry', new URL('/subjects', registry));
  }
  if (llm && 'url' in llm.from) {
    const { url, key } = llm.from;
    looks['language model'] = () => answers('language model', new URL(`${url.replace(/\/$/, '')}/models`), key);
  }
  if (llm && 'file' in llm.from) {
    const { file } = llm.from;
    looks['language model'] = () => readable('language model', file);
  }
  return Object.entries(looks).map(([check, look]) =>
    within(look(), 2 * LIMIT_MS).catch((error) => ({
      ...{ check, state: 'fault' as const, found: `it cannot be reached: ${reason(error)}` },
      advice: ADVICE[check] ?? 'See that its address is right and that it runs.',
    })),
  );
}

const ADVICE: Record<string, string> = {
  postgresql: 'See DATABASE_URL and that it runs. Decisions go on without it; reads and commands answer 503.',
  redis: 'See REDIS_URL and that it runs. Without profiles decisions are made by the payment alone.',
  kafka: 'See KAFKA_BROKERS and that they run. Without a log nothing is decided.',
};

async function postgresql(url: string, namespace: string, told: Told[]): Promise<Finding> {
  const { version, at, migration, mayCreate } = await probeDatabase(url, namespace, LIMIT_MS);
  told.push({ by: 'PostgreSQL', at, here: Date.now() });
  const found = `PostgreSQL ${version}, ${migration ? `tables up to ${migration}` : 'no tables yet'}`;
  if (mayCreate) return { check: 'postgresql', state: 'ok', found };
  const advice = 'GRANT CREATE ON DATABASE to the role: tables, and partitions of later days, are made by it.';
  return { check: 'postgresql', state: migration ? 'warning' : 'fault', found: `${found}; it may make none`, advice };
}

async function redis({ redisUrl, redisCaFile }: NonNullable<Config['fleet']>, told: Told[]): Promise<Finding> {
  const ca = redisCaFile === undefined ? undefined : pemOf('REDIS_TLS_CA', redisCaFile);
  const { version, at, eviction } = await probeRedis(redisUrl, ca, LIMIT_MS);
  told.push({ by: 'Redis', at, here: Date.now() });
  const found = `Redis ${version}, maxmemory-policy ${eviction ?? 'unknown'}`;
  if (eviction === undefined || eviction === 'noeviction') return { check: 'redis', state: 'ok', found };
  const advice = 'Set maxmemory-policy noeviction: profiles that are evicted are forgotten without a word.';
  return { check: 'redis', state: 'warning', found, advice };
}

async function kafka(fleet: NonNullable<Config['fleet']>, namespace: string): Promise<Finding> {
  const { brokers, missing } = await probeKafka({ ...kafkaOptions(fleet, namespace), deadlineMs: LIMIT_MS });
  const found = `${brokers} brokers, ${missing.length === 0 ? 'all topics' : `without ${missing.join(', ')} yet`}`;
  if (missing.length === 0 || brokers >= fleet.replication) return { check: 'kafka', state: 'ok', found };
  const advice = `KAFKA_REPLICATION=${fleet.replication} needs as many brokers: the topics cannot be made.`;
  return { check: 'kafka', state: 'fault', found, advice };
}

async function answers(check: string, url: URL, key?: string): Promise<Finding> {
  const credentials = url.username
    ? `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`
    : undefined;
  url.username = url.password = '';
  const authorization = key ? `Bearer ${key}` : credentials;
  const response = await fetch(url, {
    headers: authorization ? { authorization } : {},
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch((error) => {
    throw (error as Error).cause ?? error;
  });
  await response.body?.cancel();
  const found = `${url.origin} answers ${response.status}`;
  if (response.status === 401 || response.status === 403)
    return { check, state: 'fault', found, advice: 'Its credentials are not taken.' };
  return response.status >= 500
    ? { check, state: 'fault', found, advice: 'It is ill itself.' }
    : { check, state: 'ok', found };
}

async function readable(check: string, file: string): Promise<Finding> {
  await access(file, constants.R_OK);
  return { check, state: 'ok', found: `${file} can be read` };
}

/** Whether the address can be listened on; by whom it is taken is said where `own` is it. */
export async function port(
  { host, port: wanted }: Pick<Config, 'host' | 'port'>,
  own: string | undefined,
): Promise<Finding> {
  if (own !== undefined && wanted !== 0 && Number(new URL(own).port) === wanted)
    return { check: 'port', state: 'ok', found: `${wanted} is the running server's own` };
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port: wanted, exclusive: true }, resolve);
    });
    return { check: 'port', state: 'ok', found: wanted === 0 ? `${host}, any port` : `${host}:${wanted} is free` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice =
      code === 'EADDRINUSE' ? 'End what listens there, or choose another PORT.' : 'Choose another HOST or PORT.';
    return { check: 'port', state: 'fault', found: reason(error), advice };
  } finally {
    server.close();
  }
}
