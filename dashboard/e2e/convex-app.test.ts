import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import react from '@vitejs/plugin-react';
import type { Browser } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import * as payments from '../../examples/convex-app/convex/payments.ts';
import { startApp, type TestApp } from '../../test/support/app.ts';
import { type ConvexServer, startConvex } from '../../test/support/convex-server.ts';
import { byAmount } from '../../test/support/serving.ts';
import { launch } from './browser.ts';
import { chromiumPath } from './stage.ts';
import { until } from './until.ts';

const root = join(import.meta.dirname, '..', '..', 'examples', 'convex-app');

/** The example as its reader would see it: its page built, its actions and queries run, a real Assay behind them. */
describe('the example on Convex', { skip: chromiumPath ? false : 'there is no Chromium' }, () => {
  let convex: ConvexServer;
  let app: TestApp;
  let pages: PreviewServer;
  let browser: Browser;
  let outDir: string;
  /** What was taken in and waits to be decided. */
  const held: (() => void)[] = [];

  before(async () => {
    convex = await startConvex(undefined, { payments });
    const key = 'secret-of-the-example';
    app = await startApp(
      { CONVEX_URL: convex.url, CONVEX_DEPLOY_KEY: convex.deployKey, API_KEY: key },
      { serving: byAmount, defer: (task) => held.push(task) },
    );
    Object.assign(process.env, { ASSAY_URL: app.url, ASSAY_KEY: key });
    outDir = mkdtempSync(join(tmpdir(), 'assay-convex-app-'));
    const now = Math.floor(Date.now() / 1000);
    const token = [{ alg: 'none' }, { sub: 'ann', iat: now, exp: now + 3_600 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const define = {
      'import.meta.env.VITE_CONVEX_URL': JSON.stringify(convex.url),
      'import.meta.env.VITE_CONVEX_TOKEN': JSON.stringify(`${token}.`),
    };
    const how = { root, configFile: false as const, logLevel: 'error' as const, build: { outDir, emptyOutDir: true } };
    await build({ ...how, plugins: [react()], define });
    pages = await preview({ ...how, preview: { port: 0, host: '127.0.0.1' } });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await pages?.close();
    await app?.stop();
    await convex?.close();
    if (outDir) rmSync(outDir, { recursive: true, force: true });
  });

  test('a payment is temporary, decided and finalized before one’s eyes, without a reload', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(pages.resolvedUrls!.local[0]);
    const says = (text: RegExp) => page.getByText(text).waitFor({ timeout: 30_000 });

    await page.getByRole('button', { name: 'Pay 100.50 USD' }).click();
    await says(/Temporary: it is being decided/);
    await until(async () => held.length > 0);
    for (const decide of held.splice(0)) decide();
    await says(/^approve, pending$/);
    await says(/^Score \d+: /);
    await page.getByRole('button', { name: 'Finalize' }).click();
    await says(/^approve, finalized$/);
    assert.equal(await page.getByRole('button', { name: 'Finalize' }).count(), 0);
    assert.deepEqual([complaints, loads], [[], 1]);
  });
});
