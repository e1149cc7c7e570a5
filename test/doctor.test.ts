import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { clock } from '../src/app/doctor/clock.ts';
import { examine, type Finding, type Patient } from '../src/app/doctor/doctor.ts';
import { judgedSpeed, openFiles, versions } from '../src/app/doctor/machine.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { saveArtifact } from '../src/models/artifact.ts';
import { featureSchemaHash } from '../src/models/canonical.ts';
import { call, startApp } from './support/app.ts';
import { assay } from './support/command.ts';
import { redisServer } from './support/redis.ts';

const root = mkdtempSync(join(tmpdir(), 'assay-doctor-'));
/** A data directory that a server wrote and left, which is well. */
const sound = join(root, 'sound');
const RATES = join(root, 'rates.csv');
const today = new Date().toISOString().slice(0, 10);
const redis = await redisServer();

/** Rates of today, so that the age of those that ship is none of the tests' business. */
const examined = (env: Record<string, string> = {}, server?: string, planted: Partial<Patient> = {}) =>
  examine({
    config: readConfig({ PORT: '0', ASSAY_DATA_DIR: sound, RATES_FILE: RATES, ...env }, { modelDir: defaultModelDir }),
    version: '1.2.3',
    now: Date.now,
    server,
    ...planted,
  });
const ill = (findings: readonly Finding[]) => findings.filter(({ state }) => state === 'fault' || state === 'warning');

before(async () => {
  writeFileSync(RATES, `Date,USD\n${today},1.1\n`);
  const app = await startApp({ ASSAY_DATA_DIR: sound, JOURNAL_SEGMENT_BYTES: '65536', RATES_FILE: RATES });
  try {
    for (let i = 0; i < 40; i++) {
      const answer = await call(app.url, 'POST', '/api/transactions', {
        id: `p${i}`,
        userId: `u${i % 3}`,
        amount: 5 + i,
      });
      assert.equal(answer.status, 201);
    }
    const findings = await examined({ PORT: new URL(app.url).port }, app.url);
    assert.deepEqual(ill(findings), [], 'beside a server that runs');
    assert.match(findings.find(({ check }) => check === 'server')!.found, /healthy/);
    assert.match(findings.find(({ check }) => check === 'port')!.found, /running server's own/);
  } finally {
    await app.stop({ keep: true });
  }
});
after(() => rmSync(root, { recursive: true, force: true }));

test('a sound installation has no fault, and being looked at changes nothing of it', async () => {
  const files = () =>
    readdirSync(join(sound, 'journal')).map((name) => [
      name,
      readFileSync(join(sound, 'journal', name)).toString('base64'),
    ]);
  const was = files();
  const findings = await examined();
  assert.deepEqual(ill(findings), []);
  assert.match(findings.find(({ check }) => check === 'journal')!.found, /^\d\d+ records in \d+ segments hold$/);
  assert.deepEqual(files(), was);
});

/** A copy of the sound directory for a case to spoil. */
function copied(name: string, ...parts: string[]): string {
  const to = join(root, name);
  for (const part of parts) cpSync(join(sound, part), join(to, part), { recursive: true });
  return to;
}

function flip(path: string, at: (bytes: Buffer) => number): void {
  const bytes = readFileSync(path);
  bytes[at(bytes)] ^= 0x5a;
  writeFileSync(path, bytes);
}

interface Planted {
  check: string;
  state: Finding['state'];
  found: RegExp;
  env: () => Record<string, string>;
  /** What the environment cannot plant: the machine itself. */
  machine?: () => Partial<Patient>;
}

const PLANTED: Record<string, Planted> = {
  'a byte of the journal is flipped': {
    ...{ check: 'journal', state: 'fault', found: /^\d{16}\.journal, offset \d+: records? .* damaged/ },
    env() {
      const dataDir = copied('damaged', 'journal');
      const first = readdirSync(join(dataDir, 'journal'))
        .filter((name) => name.endsWith('.journal'))
        .sort()[0];
      flip(join(dataDir, 'journal', first), (bytes) => bytes.indexOf('t:p3"') + 3);
      return { ASSAY_DATA_DIR: dataDir };
    },
  },
  'the data directory is a file': {
    ...{ check: 'data directory', state: 'fault', found: /is no folder/ },
    env() {
      writeFileSync(join(root, 'file'), '');
      return { ASSAY_DATA_DIR: join(root, 'file') };
    },
  },
  'less is free than is held in reserve': {
    ...{ check: 'disk space', state: 'fault', found: /free of/ },
    env: () => ({ DISK_RESERVE: String(2 ** 52) }),
  },
  'strangers could reach it and there is no key': {
    ...{ check: 'keys', state: 'fault', found: /no API key yet/ },
    env: () => ({ HOST: '0.0.0.0' }),
  },
  'another program has the port': {
    ...{ check: 'port', state: 'fault', found: /EADDRINUSE/ },
    env: () => ({ PORT: String((taken.address() as { port: number }).port) }),
  },
  'the model is damaged': {
    ...{ check: 'model', state: 'fault', found: /damaged/ },
    env() {
      const model = join(root, 'model');
      cpSync(defaultModelDir, model, { recursive: true });
      flip(join(model, 'model.bin'), (bytes) => bytes.length >> 1);
      return { ASSAY_MODEL_DIR: model };
    },
  },
  'the model, whole as it is, asks for features of what is not profiled here': {
    ...{ check: 'model', state: 'fault', found: /terminal/ },
    env() {
      const {
        version: _,
        format: __,
        bodySha256: ___,
        ...head
      } = JSON.parse(readFileSync(join(defaultModelDir, 'model.json'), 'utf8'));
      const features = head.features.map((one: { entity?: string }) =>
        one.entity === 'device' ? { ...one, entity: 'terminal' } : one,
      );
      const model = join(root, 'foreign-model');
      const body = new Uint8Array(readFileSync(join(defaultModelDir, 'model.bin')));
      saveArtifact(model, { ...head, features, featureSchema: featureSchemaHash(features) }, body);
      return { ASSAY_MODEL_DIR: model };
    },
  },
  'the clock is a year back': {
    ...{ check: 'clock', state: 'fault', found: /before this release was made|the newest record is of/ },
    env: () => ({}),
    machine: () => ({ now: () => Date.now() - 365 * 86_400_000 }),
  },
  'Node is too old': {
    ...{ check: 'versions', state: 'fault', found: /Node 20\.19\.0/ },
    env: () => ({}),
    machine: () => ({ node: '20.19.0' }),
  },
  'the disk takes 300 ms to sync': {
    ...{ check: 'fsync', state: 'fault', found: /^300\.00 ms/ },
    env: () => ({}),
    machine() {
      let ms = 0;
      return {
        disk: {
          sync: async () => {
            ms += 300;
          },
          now: () => ms,
        },
      };
    },
  },
  'a kept model is damaged': {
    ...{ check: 'kept models', state: 'fault', found: /^[0-9a-f]{16}: .*damaged/ },
    env() {
      const dataDir = copied('kept', 'journal', 'models');
      const [version] = readdirSync(join(dataDir, 'models'));
      flip(join(dataDir, 'models', version, 'model.bin'), (bytes) => bytes.length >> 1);
      return { ASSAY_DATA_DIR: dataDir };
    },
  },
  'the rates are old': {
    ...{ check: 'rates', state: 'warning', found: /newest of 2020-03-02/ },
    env() {
      writeFileSync(join(root, 'old.csv'), 'Date,USD\n2020-03-02,1.1\n');
      return { RATES_FILE: join(root, 'old.csv') };
    },
  },
  'the file of rates is none': {
    ...{ check: 'rates', state: 'fault', found: /the first line must begin with Date/ },
    env() {
      writeFileSync(join(root, 'none.csv'), 'nothing');
      return { RATES_FILE: join(root, 'none.csv') };
    },
  },
  'PostgreSQL does not answer': {
    ...{ check: 'postgresql', state: 'fault', found: /ECONNREFUSED/ },
    env: () => ({ DATABASE_URL: 'postgres://a:b@127.0.0.1:1/assay' }),
  },
  'Kafka does not answer': {
    ...{ check: 'kafka', state: 'fault', found: /cannot be reached/ },
    env: () => FLEET,
  },
  'a language model does not answer': {
    ...{ check: 'language model', state: 'fault', found: /cannot be reached/ },
    env: () => ({ LLM_URL: 'http://127.0.0.1:1/v1' }),
  },
};

const FLEET = {
  KAFKA_BROKERS: '127.0.0.1:1',
  REDIS_URL: 'redis://127.0.0.1:1/0',
  DATABASE_URL: 'postgres://a:b@127.0.0.1:1/assay',
};
const taken = createServer();
before(() => new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve)));
after(() => taken.close());

test('what is planted is of more than ten kinds, those that the command promises among them', () => {
  const kinds = new Set(Object.values(PLANTED).map(({ check }) => check));
  for (const kind of [
    'clock',
    'disk space',
    'fsync',
    'versions',
    'postgresql',
    'kafka',
    'keys',
    'rates',
    'model',
    'journal',
  ])
    assert.ok(kinds.has(kind), kind);
});

for (const [name, { check, state, found, env, machine }] of Object.entries(PLANTED))
  test(`planted: ${name}`, async () => {
    const findings = await examined(env(), undefined, machine?.());
    const hit = findings.find((one) => one.check === check && one.state === state);
    assert.match(hit?.found ?? JSON.stringify(findings), found);
    assert.ok(hit?.advice, 'and what to do');
  });

test('planted: Redis refuses the password', { skip: redis.skip }, async () => {
  const admin = new Redis(redis.server.url);
  await admin.config('SET', 'requirepass', 'right');
  admin.disconnect();
  const url = new URL(redis.server.url);
  url.password = 'wrong';
  const wrong = (await examined({ ...FLEET, REDIS_URL: url.href })).find(({ check }) => check === 'redis');
  assert.equal(wrong?.state, 'fault');
  assert.match(wrong!.found, /WRONGPASS|password/i);
  url.password = 'right';
  const findings = await examined({ ...FLEET, REDIS_URL: url.href });
  assert.equal(findings.find(({ check }) => check === 'redis')?.state, 'ok');
  assert.match(findings.find(({ check }) => check === 'clock')!.found, /Redis is within a second/);
});

test('planted: the clock went back behind the newest record, before this release, or away from its neighbours', async () => {
  const ahead = join(root, 'ahead');
  const later = await startApp({ ASSAY_DATA_DIR: ahead }, { clock: () => Date.now() + 3_600_000 });
  assert.equal((await call(later.url, 'POST', '/api/transactions', { userId: 'u', amount: 1 })).status, 201);
  await later.stop({ keep: true });
  const told = (await examined({ ASSAY_DATA_DIR: ahead })).find(({ check }) => check === 'clock');
  assert.equal(told?.state, 'fault');
  assert.match(told!.found, /the newest record is of/);
  const now = Date.parse('2026-12-01');
  const states = [0, 3_000, -120_000].map(
    (off) => clock(now, 0, undefined, [{ by: 'Redis', at: now + off, here: now }]).state,
  );
  assert.deepEqual(states, ['ok', 'warning', 'fault']);
  assert.equal(clock(0, now, undefined, []).state, 'fault');
});

test('speed, open files and versions are judged by their figures', () => {
  assert.deepEqual(
    [0.3, 30, 300].map((ms) => judgedSpeed(Array(40).fill(ms)).state),
    ['ok', 'warning', 'fault'],
  );
  assert.deepEqual(
    ['24.1.0', '22.18.0', '22.17.1', '20.19.0'].map((node) => versions(node).state),
    ['ok', 'ok', 'fault', 'fault'],
  );
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'limits'), 'Max open files            256                  4096                 files\n');
  assert.equal(openFiles(join(root, 'limits'))?.state, 'fault');
  assert.equal(openFiles(join(root, 'no limits')), undefined);
});

test('the command exits with 1 on a fault, tells where, and no running server is none', async () => {
  const env = { ASSAY_DATA_DIR: join(root, 'fresh'), PORT: '0', RATES_FILE: RATES };
  const well = await assay(['doctor', '--json'], env);
  assert.equal(well.code, 0, well.out + well.error);
  assert.equal(JSON.parse(well.out).faults, 0);
  const unreadable = await assay(['doctor'], { ...env, PORT: 'many' });
  assert.equal(unreadable.code, 1);
  assert.match(unreadable.out, /✗ configuration +PORT: many is not a whole number/);
});
