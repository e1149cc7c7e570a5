import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFunctionReference } from 'convex/server';
import * as payments from '../examples/convex-app/convex/payments.ts';
import { startApp } from './support/app.ts';
import { startConvex } from './support/convex-server.ts';
import { byAmount } from './support/serving.ts';

test('the example’s actions ask Assay, and its queries see the payment temporary, decided and finalized', async () => {
  const convex = await startConvex(undefined, { payments });
  const app = await startApp(
    { CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.deployKey, API_KEY: 'secret-of-the-example' },
    { serving: byAmount },
  );
  Object.assign(process.env, { ASSAY_URL: app.url, ASSAY_KEY: 'secret-of-the-example' });
  try {
    const ann = convex.test.withIdentity({ subject: 'ann' });
    const action = (name: string, args: object) => ann.action(makeFunctionReference<'action'>(name), args as never);
    const one = async (id: string) => {
      const found = await ann.query(makeFunctionReference<'query'>('transactions:one'), { id });
      return found as { status: string; decision?: string; userId: string } | null;
    };
    /** As a page sees it: each state once, in their order. */
    const watch = async (id: string, until: string) => {
      const seen: string[] = [];
      while (seen.at(-1) !== until) {
        const status = (await one(id))?.status;
        if (status && status !== seen.at(-1)) seen.push(status);
        await sleep(5);
      }
      return seen;
    };
    const pay = (id: string, amount: number) => action('payments:pay', { id, amount, currency: 'USD' });
    assert.equal(await pay('e1', 5), 'e1');
    const seen = await watch('e1', 'pending');
    await action('payments:finalize', { id: 'e1' });
    seen.push(...(await watch('e1', 'finalized')));
    assert.deepEqual(
      [...new Set(seen)].filter((status) => status !== 'processing'),
      ['pending', 'finalized'],
    );
    assert.deepEqual([(await one('e1'))?.userId, (await one('e1'))?.decision], ['ann', 'approve']);
    assert.equal(await pay('e1', 5), 'e1', 'an action that runs twice pays once');

    await pay('e2', 900);
    await watch('e2', 'pending');
    await assert.rejects(action('payments:finalize', { id: 'e2' }), /declined/);
    const nobody = convex.test.action(makeFunctionReference<'action'>('payments:pay'), {
      id: 'e3',
      amount: 1,
      currency: 'USD',
    });
    await assert.rejects(nobody, /Sign in first/);
  } finally {
    await app.stop();
    await convex.close();
  }
});
