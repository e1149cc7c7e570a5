import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { test } from 'node:test';
import { type Config, readConfig } from './config.ts';
import { CORE_ENTITIES } from './domain/entity.ts';

const read = (env: Record<string, string>) => readConfig(env, { modelDir: '/models/transactions' });

test('every default makes sense, and the result is frozen', () => {
  const config = read({});
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.rateLimitMax, 100_000);
  assert.equal(config.rateLimitWindowMs, 60_000);
  assert.ok(isAbsolute(config.dataDir));
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.currencyRates));
});

test('values are read as they are documented', () => {
  const config = read({
    CURRENCY_RATES: 'eur=1.08, GBP=1.27',
    ASSAY_ENTITIES: 'terminal=metadata.terminal',
    RATE_LIMIT_WINDOW: '30s',
  });
  assert.deepEqual(config.currencyRates, { EUR: 1.08, GBP: 1.27 });
  assert.equal(config.entityTypes[CORE_ENTITIES.length], 'terminal');
  assert.equal(config.entityFields.terminal, 'metadata.terminal');
  assert.equal(config.rateLimitWindowMs, 30_000);
});

test('four eyes: for rules, for cases from an amount, and nothing else', () => {
  assert.deepEqual(read({}).fourEyes, { policy: false });
  assert.deepEqual(read({ FOUR_EYES: 'policy, cases>=1000.5' }).fourEyes, { policy: true, casesFrom: 1000.5 });
  for (const wrong of ['cases', 'cases>1000', 'cases>=-1', 'rules'])
    assert.throws(() => read({ FOUR_EYES: wrong }), /FOUR_EYES: .* is neither policy nor/);
});

test('proxies are trusted by address, and none by default', () => {
  const { trustProxy, keepAliveMs } = read({});
  assert.deepEqual([trustProxy, keepAliveMs], [false, 75_000]);
  assert.equal(read({ TRUST_PROXY: 'off' }).trustProxy, false);
  assert.equal(read({ TRUST_PROXY: '10.0.0.0/8, loopback,fd00::/8' }).trustProxy, '10.0.0.0/8,loopback,fd00::/8');
  for (const wrong of ['on', 'true', '*', '1', '10.0.0.0/33', '0.0.0.0/0', '10.0.0/8', 'proxy.internal', '10.0.0.1,'])
    assert.throws(() => read({ TRUST_PROXY: wrong }), /^Error: TRUST_PROXY/, wrong);
});

test('ids are known for at least as long as workers may read them again', () => {
  const fleet = { KAFKA_BROKERS: 'k:9092', REDIS_URL: 'redis://r:6379/0', DATABASE_URL: 'postgres://p/d' };
  const daysOf = (env: Record<string, string>) => read({ ...fleet, ...env }).fleet?.idTtlDays;
  assert.equal(daysOf({}), 30);
  assert.equal(daysOf({ ID_TTL_DAYS: '7' }), 7);
  assert.equal(daysOf({ ID_TTL_DAYS: '2', RAW_RETENTION_DAYS: '2' }), 2);
  assert.equal(daysOf({ RAW_RETENTION_DAYS: '60' }), 60);
  for (const wrong of ['6', '0', '7.5', 'week'])
    assert.throws(() => daysOf({ ID_TTL_DAYS: wrong }), /^Error: ID_TTL_DAYS/);
});

test('the exemption for low risk is advised where one asks for it, on one machine', () => {
  const of = (SCA_TRA?: string, env: Record<string, string> = {}) =>
    read({ ...(SCA_TRA ? { SCA_TRA } : {}), ...env }).scaTra;
  assert.deepEqual([of(), of('off'), of('on')], [false, false, true]);
  assert.throws(() => of('yes'), /^Error: SCA_TRA/);
  const fleet = { KAFKA_BROKERS: 'k:9092', REDIS_URL: 'redis://r:6379/0', DATABASE_URL: 'postgres://p/d' };
  assert.throws(() => of('on', fleet), /^Error: SCA_TRA: is for one machine/);
  assert.equal(of('off', fleet), false);
});

test('a language model is one endpoint or one file, and sends nothing personal unless told to', () => {
  assert.equal(read({}).llm, undefined);
  const { llm } = read({ LLM_URL: 'http://127.0.0.1:8080/v1', LLM_API_KEY: 'k' });
  assert.deepEqual(llm, {
    from: { url: 'http://127.0.0.1:8080/v1', key: 'k' },
    ...{
      model: 'default',
      timeoutMs: 20_000,
      maxTokens: 500,
      perMinute: 30,
      concurrency: 1,
      narrate: 'alerts',
      sendPersonal: false,
    },
  });
  const local = read({ LLM_MODEL_PATH: '/models/small.gguf', LLM_THREADS: '2', LLM_SEND_PERSONAL: 'on' }).llm;
  assert.deepEqual(local?.from, {
    ...{ file: '/models/small.gguf', threads: 2, contextTokens: 4_096, library: undefined },
  });
  assert.deepEqual([local?.model, local?.sendPersonal], ['small.gguf', true]);
  assert.throws(() => read({ LLM_URL: 'http://a', LLM_MODEL_PATH: '/b' }), /^Error: LLM_URL/);
  assert.throws(() => read({ LLM_URL: 'http://a', LLM_NARRATE: 'some' }), /^Error: LLM_NARRATE/);
});

test('a value that makes no sense is refused by the name of its variable', () => {
  const wrong: Record<string, string> = {
    PORT: '99999',
    RATE_LIMIT_MAX: '-1',
    RATE_LIMIT_WINDOW: 'soon',
    BASE_CURRENCY: 'foo',
    CURRENCY_RATES: 'XYZ=2',
    ASSAY_ENTITIES: 'card=metadata.card',
    ASSAY_NAMESPACE: 'drop table',
    DATABASE_URL: 'foo',
    LOG_LEVEL: 'loud',
    LLM_URL: 'ftp://here',
    KEEP_ALIVE_MS: '75s',
    JOURNAL_FORMAT: '3',
    CORS_ORIGINS: 'shop.example',
    // Of what, days or milliseconds?
    REVIEW_EXPIRES: '6',
    CASE_WINDOW: '21',
  };
  for (const [name, value] of Object.entries(wrong))
    assert.throws(() => read({ [name]: value }), new RegExp(`^Error: ${name}`));
  // Pence are no pounds.
  assert.throws(() => read({ CURRENCY_RATES: 'GBp=1.3' }), /^Error: CURRENCY_RATES: GBp/);
});

test('origins are written as browsers send them', () => {
  const of = (CORS_ORIGINS: string) => read({ CORS_ORIGINS }).corsOrigins;
  assert.deepEqual(of(''), []);
  assert.deepEqual(of('https://Shop.example/, http://localhost:5173'), [
    'https://shop.example',
    'http://localhost:5173',
  ]);
  assert.deepEqual(of('capacitor://localhost'), ['capacitor://localhost']);
  for (const text of [
    '*',
    'null',
    'foo',
    'https://',
    'https://*.example',
    'https://shop.example/path',
    'https://a@b.example',
  ])
    assert.throws(() => of(text), /^Error: CORS_ORIGINS: /, text);
});

test('every size is written in bytes or in K, M, G, T, with B or without', () => {
  const sizes = {
    PROFILE_MEMORY: ({ profileMemory }: Config) => profileMemory,
    DISK_RESERVE: ({ diskReserve }: Config) => diskReserve,
    JOURNAL_SCRUB_RATE: ({ journalScrubRate }: Config) => journalScrubRate,
    JOURNAL_SEGMENT_BYTES: ({ journalSegmentBytes }: Config) => journalSegmentBytes,
  };
  for (const [name, of] of Object.entries(sizes)) {
    for (const text of ['536870912', '536870912B', '512M', '512MB', '512 MiB', '512m', '524288K'])
      assert.equal(of(read({ [name]: text })), 2 ** 29, `${name}=${text}`);
    for (const text of ['much', '0.5G', '-1M', '512MBit', '512X', '99999999T'])
      assert.throws(() => read({ [name]: text }), new RegExp(`^Error: ${name}`), text);
  }
});

test('PROFILE_MEMORY is a size', () => {
  const of = (PROFILE_MEMORY: string) => read({ PROFILE_MEMORY }).profileMemory;
  assert.deepEqual(
    [of(''), of('0'), of('1M'), of('512M'), of('2G'), of('1048576')],
    [0, 0, 2 ** 20, 2 ** 29, 2 ** 31, 2 ** 20],
  );
  for (const text of ['1', '0.5G', '-1M', 'much', '1023K']) assert.throws(() => of(text), /PROFILE_MEMORY/);
});

test('a mirror is a folder, or a bucket with what it needs', () => {
  const secrets = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const of = (text: string, env: Record<string, string> = {}) => read({ JOURNAL_MIRROR: text, ...env }).journalMirror;
  assert.deepEqual([of(''), of('off')], [undefined, undefined]);
  assert.deepEqual(of('/mnt/copy'), { to: { folder: '/mnt/copy' }, everyMs: 5_000, maxLagMs: 60_000 });
  const bucket = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: undefined };
  assert.deepEqual(of('s3://logs/assay/eu/', { ...secrets, AWS_REGION: 'eu-central-1' })?.to, {
    bucket: { ...bucket, bucket: 'logs', prefix: 'assay/eu', region: 'eu-central-1', endpoint: undefined },
  });
  const endpoint = 'https://minio.example:9000';
  assert.deepEqual(of('s3://logs', { ...secrets, AWS_ENDPOINT_URL: endpoint })?.to, {
    bucket: { ...bucket, bucket: 'logs', prefix: '', region: 'us-east-1', endpoint },
  });
  for (const text of [
    's3://',
    's3://UPPER/x',
    's3://logs/a//b',
    's3://logs/../b',
    'https://logs.example',
    's3://logs/ä',
  ])
    assert.throws(() => of(text, secrets), /^Error: JOURNAL_MIRROR: is a folder, or s3/, text);
  assert.throws(() => of('s3://logs', secrets), /^Error: AWS_REGION/);
  assert.throws(() => of('s3://logs', { AWS_ACCESS_KEY_ID: 'a' }), /^Error: AWS_SECRET_ACCESS_KEY/);
  assert.throws(() => of('s3://logs', { ...secrets, AWS_ENDPOINT_URL: 'minio:9000x' }), /^Error: AWS_ENDPOINT_URL/);
  const fleet = { KAFKA_BROKERS: 'a:9092', REDIS_URL: 'redis://a', DATABASE_URL: 'postgres://a/b' };
  assert.throws(() => of('/mnt/copy', fleet), /^Error: JOURNAL_MIRROR: is for one machine/);
});
