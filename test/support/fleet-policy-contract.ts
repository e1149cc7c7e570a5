import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import { call } from './app.ts';
import type { Fleet } from './fleet.ts';
import { openLog } from './fleet-log.ts';
import { until } from './load.ts';
import { lagMs, neverBack, watchVersions } from './policy-fleet.ts';

const CHANGES = 8;
const AT_ONCE = 15;
const WITHIN_MS = 1_000;
/** A slow machine may take longer; that it never comes is what is looked for. How long it took is told. */
const AT_LAST_MS = 10_000;

const ask = (url: string, method: string, path: string, body?: unknown) => call(url, method, path, body);
const versionAt = async (url: string) => (await ask(url, 'GET', '/api/policy')).body.version as number;
const health = async (url: string) => (await ask(new URL(url).origin, 'GET', '/health')).body;

/** A fleet decides by the policy that any of its servers was told. `fleet` is asked once the tests run. */
export function policyContract(fleet: () => Fleet, skip: string | undefined): void {
  const everywhere = (holds: (url: string) => Promise<boolean>, what: string) =>
    Promise.all(
      [...fleet().servers, ...fleet().workers].map(({ url }) => until(`${what} at ${url}`, () => holds(url))),
    );

  test('a change of a rule is in force at once where it was answered, elsewhere within a second, and no process goes back', {
    skip,
  }, async (t) => {
    const [one, two] = fleet().servers;
    const rule = { id: 'moved', name: 'Moved', when: 'tx.merchantId == "m-moved"', outcome: 'review', mode: 'live' };
    const made = await ask(one.url, 'POST', '/api/rules', rule);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const log = await openLog(fleet().env);
    const watched = watchVersions(fleet(), log);
    const changes: { at: number; version: number; by: number }[] = [];
    try {
      for (let i = 0; i < CHANGES; i++) {
        const by = i % 2;
        const { url } = [one, two][by];
        const changed = await ask(url, 'PUT', '/api/rules/moved', {
          version: 1 + i,
          name: `Moved ${i}`,
          priority: 1 + i,
        });
        const at = Date.now();
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
        const body = { userId: `m${i}`, merchantId: 'm-moved', amount: 2 };
        const decided = (await ask(url, 'POST', '/api/transactions', body)).body;
        const hit = { id: 'moved', version: 2 + i, outcome: 'review', mode: 'live', priority: 1 + i };
        assert.deepEqual(decided.rules, [hit], 'the very next decision names it');
        changes.push({ at, version: decided.policyVersion, by });
        await sleep(200);
      }
      await sleep(WITHIN_MS);
    } finally {
      await watched.stop();
      await log.close();
    }
    const last = changes.at(-1)!.version;
    assert.equal(new Set(changes.map(({ version }) => version)).size, CHANGES);
    assert.equal(watched.byWorkers.at(-1)?.version, last, 'a worker decides by it and names it');
    const processes = [...watched.byServer, watched.byWorkers];
    let slowest = 0;
    for (const [i, decided] of processes.entries()) {
      assert.ok(decided.length > CHANGES, `${decided.length} decisions`);
      neverBack(decided, `process ${i}`);
      for (const { at, version, by } of changes) {
        const lag = lagMs(decided, at, version);
        slowest = Math.max(slowest, lag);
        assert.ok(lag <= (by === i ? 0 : AT_LAST_MS), `process ${i} was ${lag} ms behind version ${version} of ${by}`);
      }
    }
    t.diagnostic(`${CHANGES} changes, ${processes.flat().length} decisions, elsewhere after ${slowest} ms at most`);
  });

  test('of two changes of one version from two processes exactly one wins, and both show that one', {
    skip,
  }, async () => {
    const urls = fleet().servers.map(({ url }) => url);
    const rule = { id: 'raced', name: 'Raced', when: 'tx.amountBase > 9999.0', outcome: 'review', mode: 'off' };
    assert.equal((await ask(urls[0], 'POST', '/api/rules', rule)).status, 201);
    for (const url of urls)
      await until('the rule is known', async () => (await ask(url, 'GET', '/api/rules/raced')).status === 200);
    for (let version = 1; version <= AT_ONCE; version++) {
      const answers = await Promise.all(
        urls.map((url, i) => ask(url, 'PUT', '/api/rules/raced', { version, name: `By ${i} of ${version}` })),
      );
      const statuses = answers.map(({ status }) => status);
      assert.deepEqual(statuses.toSorted(), [200, 409], JSON.stringify(answers.map(({ body }) => body)));
      const { name } = answers[statuses.indexOf(200)].body;
      for (const url of urls)
        await until('it is shown', async () => {
          const { body } = await ask(url, 'GET', '/api/rules/raced');
          return body.version === version + 1 && body.name === name;
        });
    }
  });

  test('a list is made once, an entry that two put in at once is added once, and is in force as a rule is', {
    skip,
  }, async (t) => {
    const [one, two] = fleet().servers;
    const both = (path: string, body: object) => Promise.all([one, two].map(({ url }) => ask(url, 'POST', path, body)));
    const statuses = (await both('/api/lists', { name: 'raced', type: 'device' })).map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [201, 409]);
    const when = 'inList("raced", tx.deviceId)';
    const rule = { id: 'listed', name: 'Listed', when, outcome: 'decline', mode: 'live' };
    for (const { url } of [one, two])
      await until('the list is known', async () => (await ask(url, 'GET', '/api/lists/raced')).status === 200);
    assert.equal((await ask(two.url, 'POST', '/api/rules', rule)).status, 201);
    await everywhere(
      async (url) => (await health(url)).policy.version === (await versionAt(two.url)),
      'the rule is in force',
    );
    const hits = async (url: string, deviceId: string) => {
      const { body } = await ask(url, 'POST', '/api/transactions', { userId: 'u', amount: 1, deviceId });
      return body.rules.some(({ id }: { id: string }) => id === 'listed');
    };
    for (let i = 0; i < AT_ONCE; i++) {
      const deviceId = `d${i}`;
      const answers = await both('/api/lists/raced/entries', { entries: [{ value: deviceId }] });
      const added = answers.map(({ body }) => body.added + 2 * body.updated);
      assert.deepEqual(added.toSorted(), [1, 2], JSON.stringify(answers.map(({ body }) => body)));
      for (const { url } of [one, two])
        assert.ok(await hits(url, deviceId), 'each answered, so it is in force in each');
    }
    const writer = await ask(one.url, 'POST', '/api/lists/raced/entries', { entries: [{ value: 'far' }] });
    const at = Date.now();
    assert.equal(writer.body.added, 1);
    await until('it is in force elsewhere', () => hits(two.url, 'far'));
    t.diagnostic(`elsewhere after ${Date.now() - at} ms`);
  });

  test('what is in the log and not in force is told: behind, while decisions go on by the version that they name', {
    skip,
  }, async () => {
    const [one, two] = fleet().servers;
    const admin = new Admin({ clientId: 'admin', bootstrapBrokers: fleet().kafka.brokers });
    const order = { resourceType: ConfigResourceTypes.TOPIC, resourceName: 'assay.order' };
    const name = 'max.message.bytes';
    const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
    const known = await versionAt(one.url);
    try {
      // Nobody can write the order any more.
      const configs = [{ name, configOperation: SET, value: '1' }];
      await admin.incrementalAlterConfigs({ resources: [{ ...order, configs }] });
      const change = ask(one.url, 'PUT', '/api/policy/thresholds', { review: 0.31, decline: 0.97 });
      await everywhere(async (url) => (await health(url)).policy.behind, 'it is told');
      for (const { url } of [one, two]) {
        const { status, policy } = await health(url);
        assert.deepEqual([status, policy], ['degraded', { version: known, behind: true }]);
        const decided = await ask(url, 'POST', '/api/transactions', { userId: 'u', amount: 1 });
        assert.deepEqual([decided.status, decided.body.policyVersion], [201, known], JSON.stringify(decided.body));
      }
      await admin.incrementalAlterConfigs({ resources: [{ ...order, configs: [{ name, configOperation: DELETE }] }] });
      await change;
    } finally {
      await admin.close();
    }
    await everywhere(async (url) => {
      const { policy } = await health(url);
      return policy.version === known + 1 && !policy.behind;
    }, 'it is in force');
    assert.equal((await ask(two.url, 'GET', '/api/policy')).body.thresholds.review, 0.31);
  });
}
