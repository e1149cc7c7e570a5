import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { CORE_ENTITIES } from '../domain/entity.ts';
import { AssayError } from '../domain/errors.ts';
import { type DecisionData, labelledEvent } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import { catalogueFor } from '../features/catalogue.ts';
import { compile } from '../features/compile.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import { openJournal } from '../journal/local/journal.ts';
import type { Model } from '../models/model.ts';
import { createProfiles } from '../profiles/memory.ts';
import { createEngine } from './create.ts';
import { takenMeanwhile } from './decide.ts';
import type { Submission } from './engine.ts';
import { eventOfRecord } from './event.ts';
import { type EngineState, fold } from './fold.ts';
import type { Serving } from './judge.ts';
import { learning } from './learning.ts';

const features = compile(catalogueFor(CORE_ENTITIES), { entityTypes: CORE_ENTITIES, encodings: {} });
const devices = features.names.indexOf('device_cards_10m');

/** Log-odds −5, and 2 more for each card on the device. */
const model: Model = {
  name: 'by-hand',
  version: '0123456789abcdef',
  featureSchema: '',
  features: [...features.names],
  thresholds: { review: 0.5, decline: 0.9 },
  statistics: features.names.map(() => ({ mean: 0, deviation: 0, p01: 0, p50: 1, p99: 1, missing: 0 })),
  score: (vector) => -5 + 2 * (vector[devices] || 0),
  explain(vector, out) {
    out.fill(0);
    out[devices] = 2 * (vector[devices] || 0);
    return -5;
  },
  calibrate: (raw) => 1 / (1 + Math.exp(-raw)),
};

const T = Date.UTC(2026, 0, 5, 12);

function submission(id: string, more: Partial<Transaction> = {}, bodyHash = id): Submission {
  return {
    transaction: {
      id,
      userId: 'u',
      amount: 3,
      amountMinor: 300,
      currency: 'USD',
      amountBase: 3,
      baseRate: 1,
      time: T,
      offsetMinutes: 0,
      dated: true,
      receivedAt: T,
      warnings: [],
      ...more,
    },
    bodyHash,
  };
}

test('another body is refused once what took the id is durable, for what is never written took none', async () => {
  const data = { ...submission('a'), transaction: { ...submission('a').transaction, type: 'payment' } };
  const record = { type: 'decision', key: 't:a', data } as unknown as JournalRecord;
  for (const [isWritten, code] of [
    [true, 'conflict'],
    [false, 'unavailable'],
  ] as const) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const journal = { recent: () => ({ record, durable: promise }) } as unknown as Journal;
    const ports = { journal, deleted: new Set<string>() };
    let told: string | undefined;
    const asked = takenMeanwhile(ports, 't:a', submission('a', {}, 'another'))!.catch((error) => {
      told = error.code;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(told, undefined, 'nothing is said of what is not durable');
    if (isWritten) resolve();
    else reject(new AssayError('unavailable', 'the journal cannot write'));
    await asked;
    assert.equal(told, code);
  }
});

describe('the engine', () => {
  let directory: string;
  let local: Journal;
  let state: EngineState;
  let serving: Serving | undefined;
  let waiting: (() => void)[];
  let engine: ReturnType<typeof createEngine>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'assay-engine-'));
    serving = { model, features };
    await open();
  });
  afterEach(async () => {
    await local.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open() {
    local = await openJournal({ directory });
    const opened: EngineState = {
      profiles: createProfiles({ entityTypes: CORE_ENTITIES }),
      undecided: new Map(),
      formerKeys: new Map(),
      deleted: new Set<string>(),
    };
    state = opened;
    waiting = [];
    for await (const record of local.read(1)) fold(opened, record);
    let ids = 0;
    engine = createEngine({
      journal: learning(local, (record) => fold(opened, record)),
      profiles: opened.profiles,
      state: opened,
      deleted: opened.deleted,
      serving: () => serving,
      servingOf: () => serving,
      naming: { entityTypes: CORE_ENTITIES, entityFields: {} },
      clock: () => T,
      stopwatch: () => 0,
      newId: () => `id-${local.last}-${ids++}`,
      defer: (task) => waiting.push(task),
      onError: () => {},
    });
  }

  test('a device that goes from card to card is caught', async () => {
    const outcomes: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { record } = await engine.decide(submission(`t${i}`, { cardId: `c${i}`, deviceId: 'd', time: T + i }));
      outcomes.push((record.data as unknown as DecisionData).decision.decision);
    }
    assert.deepEqual(outcomes, ['approve', 'approve', 'review', 'decline', 'decline']);
  });

  test('concurrent submissions of one id make one record; another body conflicts', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => engine.decide(submission('same'))));
    assert.deepEqual(new Set(answers.map(({ record }) => record.sequence)), new Set([1]));
    assert.equal(answers.filter(({ idempotent }) => !idempotent).length, 1);
    await assert.rejects(engine.decide(submission('same', {}, 'other')), { code: 'conflict' });
    assert.equal(local.durable, 1);
  });

  test('an alias answers with its record, and conflicts with another body', async () => {
    const first = await engine.decide({ ...submission('a'), alias: 'i:k', bodyHash: 'h' });
    const again = await engine.decide({ ...submission('b'), alias: 'i:k', bodyHash: 'h' });
    assert.equal(again.record.sequence, first.record.sequence);
    await assert.rejects(engine.decide({ ...submission('c'), alias: 'i:k', bodyHash: 'x' }), {
      code: 'idempotency_conflict',
    });
  });

  test('what was decided is decided the same in a replay, bit for bit, labels included', async () => {
    for (let i = 0; i < 40; i++) {
      await engine.decide(
        submission(`t${i}`, {
          userId: `u${i % 3}`,
          cardId: `c${i % 7}`,
          deviceId: `d${i % 5}`,
          merchantId: `m${i % 2}`,
          email: `a${i}@x.example`,
          latitude: i,
          longitude: -i,
          country: i % 2 ? 'US' : 'CA',
          // Some arrive late.
          time: T + (i % 4 === 3 ? -i : i) * 60_000,
        }),
      );
      if (i % 6 === 0) {
        const record = (await local.find(`t:t${i}`))!;
        const event = labelledEvent(record);
        const label = { labelId: `l${i}`, transactionId: `t${i}`, label: 'fraud', source: 'analyst', event };
        const { durable, record: made } = local.enqueue({ type: 'label', at: T, key: `c:l${i}`, data: label });
        fold(state, made);
        await durable;
      }
    }
    const fresh = {
      profiles: createProfiles({ entityTypes: CORE_ENTITIES }),
      undecided: new Map(),
      formerKeys: new Map(),
      deleted: new Set<string>(),
    };
    const vector = new Float64Array(features.names.length);
    let decisions = 0;
    for await (const record of local.read(1)) {
      if (record.type === 'decision') {
        features.extract(fresh.profiles, eventOfRecord(record, CORE_ENTITIES), vector);
        assert.deepEqual(Buffer.from(vector.buffer), Buffer.from(record.vector!.slice().buffer));
        assert.deepEqual(
          fresh.profiles.readSet(Float64Array.from((record.data as unknown as DecisionData).entities)),
          (record.data as unknown as DecisionData).readSet,
        );
        decisions++;
      }
      fold(fresh, record);
    }
    assert.equal(decisions, 40);
  });

  test('an accepted transaction is decided later, also by the next process', async () => {
    await engine.accept(submission('later'));
    assert.equal(await local.find('d:later'), undefined);
    await local.close();
    await open();
    await engine.resume();
    for (const task of waiting) task();
    const decided = (await local.find('d:later'))!;
    assert.equal(decided.type, 'decision');
    assert.equal(state.undecided.size, 0);
    await assert.rejects(engine.retry('later'), { code: 'conflict' });
  });

  test('a failed asynchronous decision is kept with its error and can be retried', async () => {
    const sound = serving!;
    serving = {
      model,
      features: {
        ...sound.features,
        extract: () => {
          throw new Error('a feature broke');
        },
      },
    };
    await engine.accept(submission('fails'));
    for (const task of waiting) task();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(state.undecided.get('fails')?.failed, true);
    const again = await engine.retry('fails');
    assert.equal(again.type, 'failed');
    assert.equal(again.data.error, 'a feature broke');
    serving = sound;
    assert.equal((await engine.retry('fails')).type, 'decision');
    await assert.rejects(
      engine.retry('nobody'),
      (error: unknown) => error instanceof AssayError && error.code === 'not_found',
    );
  });

  test('without a model decisions go on, marked degraded; scoring records nothing', async () => {
    serving = undefined;
    const { record } = await engine.decide(submission('bare'));
    assert.equal((record.data as unknown as DecisionData).decision.degraded, true);
    assert.equal(engine.ready, false);
    serving = { model, features };
    engine.score(submission('bare').transaction);
    assert.equal(local.last, 1);
  });

  test('an explanation adds up', async () => {
    const { record } = await engine.decide(submission('why', { cardId: 'c', deviceId: 'd' }));
    const { baseValue, rawScore, contributions, probability } = engine.explain(record);
    assert.equal(contributions.length, features.names.length);
    const sum = contributions.reduce((total, part) => total + part.contribution, baseValue);
    assert.ok(Math.abs(sum - rawScore) < 1e-12);
    assert.equal(probability, (record.data as unknown as DecisionData).decision.probability);
    assert.equal(contributions[0].code, 'device_cards_10m');
  });
});
