import assert from 'node:assert/strict';
import { MAX_WEBHOOKS, WEBHOOK_TYPES } from '../../src/domain/webhook.ts';
import { command, decision } from './records.ts';
import { answerTo, apply, type Bench, checkOn } from './store-bench.ts';

const create = (webhookId: string, url = 'https://example.com/') =>
  command('webhook.create', { webhookId, url }, { personal: { secret: `whsec_${webhookId}` } });

/** What a query store does with webhooks: who they are, who holds them, how far each was told. */
export function webhookContract(url: () => string): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) => checkOn(url, name, body);

  check('a webhook begins behind its own record and is what records made of it', async (bench) => {
    const { webhooks } = bench.store;
    await apply(bench, [decision({ id: 'before' })]);
    assert.deepEqual(await answerTo(bench, create('w1')), { status: 201, body: { id: 'w1' } });
    const { delivery, ...made } = (await webhooks.get('w1'))!;
    assert.deepEqual(
      [delivery.seq, delivery.state, made.types.length, made.description],
      [11, 'delivering', WEBHOOK_TYPES.length, null],
    );
    const told = (seq: number) => command('webhook.told', { webhookId: 'w1', seq });
    for (const [seq, position] of [
      [40, 40],
      [20, 40],
    ]) {
      await apply(bench, [told(seq)]);
      assert.equal((await webhooks.get('w1'))!.delivery.seq, position, 'never back');
    }
    await answerTo(bench, command('webhook.update', { webhookId: 'w1', types: ['alert'], description: 'x' }));
    const changed = (await webhooks.get('w1'))!;
    assert.deepEqual([changed.url, changed.types, changed.description], [made.url, ['alert'], 'x']);
    assert.deepEqual(await webhooks.target('w1'), { id: 'w1', url: made.url, secret: 'whsec_w1' });
    assert.equal((await answerTo(bench, command('webhook.delete', { webhookId: 'w1' }))).status, 204);
    assert.deepEqual(await webhooks.list(), []);
    for (const type of ['webhook.update', 'webhook.delete', 'webhook.resume'] as const)
      assert.equal((await answerTo(bench, command(type, { webhookId: 'w1' }))).error?.code, 'not_found');
    // As after an erasure.
    const erased = command('webhook.create', { webhookId: 'w2', url: 'https://example.com/' });
    assert.equal((await answerTo(bench, erased)).error?.code, 'not_found');
    await apply(
      bench,
      Array.from({ length: MAX_WEBHOOKS }, (_, i) => create(`many-${i}`)),
    );
    assert.equal((await answerTo(bench, create('one-more'))).error?.code, 'conflict');
    assert.equal((await webhooks.list()).length, MAX_WEBHOOKS);
  });

  check('one process holds a webhook at a time; what another says of it is not kept', async (bench) => {
    const { webhooks } = bench.store;
    await apply(bench, [create('w1'), create('w2')]);
    const ids = async (holder: string, leaseMs = 60_000) =>
      (await webhooks.hold(holder, leaseMs)).held.map(({ id }) => id).sort();
    const both = await Promise.all([ids('one'), ids('two')]);
    assert.deepEqual(both.flat().sort(), ['w1', 'w2'], 'each is held by one of them');
    await Promise.all(['one', 'two'].map((holder) => webhooks.release(holder)));
    const { held } = await webhooks.hold('one', 60_000);
    const webhook = held.find(({ id }) => id === 'w1')!;
    webhook.progress.position = 99;
    assert.equal(await webhooks.save('two', webhook), false);
    assert.equal(await webhooks.save('one', webhook), true);
    assert.deepEqual([await ids('two'), await ids('one', 1)], [[], ['w1', 'w2']]);
    // Its time has passed.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const taken = (await webhooks.hold('two', 60_000)).held.find(({ id }) => id === 'w1')!;
    assert.equal(taken.progress.position, 99);
    assert.equal(await webhooks.save('one', webhook), false);
  });

  check(
    'one that is paused is nobody’s until it is resumed; a change outdates what is said of failures',
    async (bench) => {
      const { webhooks } = bench.store;
      await apply(bench, [create('w1')]);
      const hold = () => webhooks.hold('one', 60_000);
      const [webhook] = (await hold()).held;
      const failed = {
        failures: 3,
        failingSince: 1_000,
        nextAttemptAt: 9_000,
        lastError: 'answered 500',
        lastErrorAt: 1_500,
      };
      Object.assign(webhook.progress, failed, { pausedAt: 2_000 });
      assert.equal(await webhooks.save('one', webhook), true);
      const paused = (await webhooks.get('w1'))!.delivery;
      assert.deepEqual([paused.state, paused.failures, paused.pausedAt], ['paused', 3, '1970-01-01T00:00:02.000Z']);
      assert.deepEqual(await hold(), { held: [], paused: 1 });
      await answerTo(bench, command('webhook.resume', { webhookId: 'w1' }));
      const resumed = (await hold()).held[0];
      const { failures, failingSince, nextAttemptAt, pausedAt, lastError } = resumed.progress;
      assert.deepEqual(
        [failures, failingSince, nextAttemptAt, pausedAt, lastError],
        [0, null, null, null, 'answered 500'],
      );
      assert.ok(resumed.changed > webhook.changed);
      // Said of what it was before.
      webhook.progress.position = 50;
      assert.equal(await webhooks.save('one', webhook), true);
      const { delivery } = (await webhooks.get('w1'))!;
      assert.deepEqual([delivery.state, delivery.seq], ['delivering', 50]);
    },
  );
}
