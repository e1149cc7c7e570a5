import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { type Kafka, startKafka } from '../../scripts/services/kafka.ts';
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { ensureTopics } from '../../src/adapters/kafka/topics.ts';
import { call, startApp } from '../support/app.ts';
import { startWorker } from '../support/fleet.ts';
import { noKafka } from '../support/kafka.ts';
import { until } from '../support/load.ts';
import { type DebianPostgres, startDebianPostgres, withoutPostgres } from '../support/postgres.ts';
import { onServer } from '../support/store-bench.ts';

const noOpenssl = () => {
  try {
    execFileSync('openssl', ['version']);
    return undefined;
  } catch {
    return 'there is no openssl to make certificates with';
  }
};
const skip = noKafka ?? (await withoutPostgres()) ?? noOpenssl() ?? false;

describe('TLS and passwords everywhere', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-secure-'));
  const file = (name: string) => join(folder, name);
  let kafka: Kafka;
  let redis: RedisServer;
  let postgres: DebianPostgres;
  let env: Record<string, string>;

  before(async () => {
    makeCertificates(file);
    const tlsPort = await freePort();
    const module = (name: string, more = '') =>
      `org.apache.kafka.common.security.${name.toLowerCase()}.${name}LoginModule required${more};`;
    const jaas = (name: string, text: string) => [`listener.name.secure.${name}.sasl.jaas.config`, text];
    const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
    /** Its ports may be taken by the time a JVM has started: then on others. */
    async function startSecureKafka(tries = 3): Promise<number> {
      const [port, secure] = [await freePort(), await freePort()];
      try {
        kafka = await startKafka({
          ...{ directory: file(`kafka-${port}`), port },
          format: scram.flatMap((name) => ['--add-scram', `${name}=[name=ann,password=open-sesame]`]),
          properties: {
            listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},SECURE://localhost:${secure}`,
            'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURE://localhost:${secure}`,
            'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL',
            ...{ 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': file('both.pem') },
            'listener.name.secure.sasl.enabled.mechanisms': ['PLAIN', ...scram].join(),
            ...Object.fromEntries([
              jaas('plain', module('Plain', ' user_ann="open-sesame"')),
              ...scram.map((name) => jaas(name.toLowerCase(), module('Scram'))),
            ]),
          },
        });
        return secure;
      } catch (error) {
        if (tries === 1) throw error;
        return startSecureKafka(tries - 1);
      }
    }
    let secure: number;
    [secure, redis, postgres] = await Promise.all([
      startSecureKafka(),
      startRedis({
        directory: file('redis'),
        settings: {
          ...{ 'tls-port': tlsPort, 'tls-auth-clients': 'no', 'tls-ca-cert-file': file('ca.pem') },
          ...{ 'tls-cert-file': file('cert.pem'), 'tls-key-file': file('key.pem') },
        },
      }),
      startDebianPostgres({ cert: file('cert.pem'), key: file('key.pem') }),
    ]);
    const plain = new Redis(redis.url);
    await plain.call('ACL', 'SETUSER', 'ann', 'on', '>secret', '~*', '&*', '+@all');
    plain.disconnect();
    await onServer(postgres.url, (client) => client.query("ALTER ROLE assay PASSWORD 'secret'"));
    const database = postgres.url.replace('assay@127.0.0.1', 'assay:secret@localhost');
    env = {
      KAFKA_BROKERS: `localhost:${secure}`,
      ...{
        KAFKA_PARTITIONS: '2',
        REDIS_DEADLINE_MS: '5000',
        KAFKA_TLS_CA: file('ca.pem'),
        KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      },
      ...{ KAFKA_SASL_USERNAME: 'ann', KAFKA_SASL_PASSWORD: 'open-sesame' },
      ...{ REDIS_URL: `rediss://ann:secret@localhost:${tlsPort}/0`, REDIS_TLS_CA: file('ca.pem') },
      DATABASE_URL: `${database}?sslmode=verify-full&sslrootcert=${file('ca.pem')}`,
    };
  });
  after(async () => {
    await Promise.allSettled([kafka?.stop(), redis?.stop(), postgres?.dispose()]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('a payment by HTTP and one by Kafka: decided, and read back', async () => {
    const app = await startApp(env);
    const worker = await startWorker({ ...env, ASSAY_DATA_DIR: file('worker') });
    try {
      const { status, body } = await call(app.url, 'POST', '/api/transactions', { id: 's1', userId: 'u', amount: 1 });
      assert.equal(status, 201, JSON.stringify(body));
      // A busy machine is not a Redis that is away.
      await until('no part is away', async () => !(await call(app.url, 'GET', '/health')).body.reasons);
      const health = (await call(app.url, 'GET', '/health')).body;
      assert.deepEqual([health.kafka, health.redis, health.database, health.reasons], ['ok', 'ok', 'ok', undefined]);
      assert.equal((await call(app.url, 'GET', '/api/transactions/s1')).status, 200);
      const later = { id: 's2', userId: 'u', amount: 2 };
      const handed = await call(app.url, 'POST', '/api/transactions', later, { prefer: 'respond-async' });
      assert.ok([201, 202].includes(handed.status));
      const decided = async () => (await call(app.url, 'GET', '/api/transactions/s2')).body.decision !== undefined;
      await until('the worker decides', decided);
    } finally {
      await worker.stop();
      await app.stop();
    }
  });

  test('PLAIN and SCRAM-SHA-256 too', async () => {
    const own = { brokers: [env.KAFKA_BROKERS], namespace: 'm', partitions: 1, replication: 1, minInsync: 1 };
    const tls = { ca: execFileSync('cat', [file('ca.pem')]).toString() };
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256'] as const) {
      const sasl = { mechanism, username: 'ann', password: 'open-sesame' };
      assert.equal((await ensureTopics({ ...own, tls, sasl })).partitions, 1);
      const wrong = ensureTopics({ ...own, tls, sasl: { ...sasl, password: 'no' } });
      await assert.rejects(wrong, { code: 'unavailable', message: /[Aa]uthentication failed/ });
    }
    const sasl = { mechanism: 'PLAIN', username: 'ann', password: 'open-sesame' } as const;
    await assert.rejects(ensureTopics({ ...own, tls: {}, sasl }), { code: 'unavailable', message: /certificate/ });
  });

  test('wrong passwords of Redis and PostgreSQL: decisions go on, and /health says why', async () => {
    const wrong = (url: string) => url.replace('secret', 'wrong');
    const app = await startApp({ ...env, REDIS_URL: wrong(env.REDIS_URL), DATABASE_URL: wrong(env.DATABASE_URL) });
    try {
      const { status } = await call(app.url, 'POST', '/api/transactions', { id: 's3', userId: 'u', amount: 1 });
      assert.equal(status, 201);
      const { body } = await call(app.url, 'GET', '/health');
      assert.deepEqual([body.status, body.redis, body.database], ['degraded', 'unavailable', 'unavailable']);
      assert.match(body.reasons.redis, /WRONGPASS/);
      assert.match(body.reasons.database, /password authentication failed/);
      assert.doesNotMatch(JSON.stringify(body), /wrong/);
    } finally {
      await app.stop();
    }
  });
});

/** An authority, and a certificate by it for localhost. */
function makeCertificates(file: (name: string) => string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', file('ca-key.pem'), '-out', file('ca.pem'), '-subj', '/CN=Trial');
  const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem'), '-addext', 'subjectAltName=DNS:localhost'];
  openssl(
    'req',
    '-x509',
    ...key,
    ...signed,
    '-keyout',
    file('key.pem'),
    '-out',
    file('cert.pem'),
    '-subj',
    '/CN=localhost',
  );
  execFileSync('sh', ['-c', `cat ${file('key.pem')} ${file('cert.pem')} > ${file('both.pem')}`]);
  chmodSync(file('.'), 0o755);
  if (process.getuid?.() === 0) chownSync(file('key.pem'), Number(execFileSync('id', ['-u', 'postgres'])), 0);
  chmodSync(file('key.pem'), 0o600);
}
