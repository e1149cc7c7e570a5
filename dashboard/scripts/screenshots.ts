/**
 * Every page, light and dark, 1280 and 390 px wide, for people to look at.
 *
 *   npm run screenshots -w dashboard [-- --out DIR] [--only models,queue] [--minutes 3] [--url http://127.0.0.1:3000]
 *   npm run screenshots -w dashboard -- --readme      the four of the README, into docs/images
 *
 * Without `--url` a server of its own is started, and sample payments come in for some minutes first. Build first.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launch, openPage } from '../e2e/browser.ts';
import { bringChallenger } from '../e2e/challenger.ts';
import { skip, startStage } from '../e2e/stage.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '..', 'screenshots') },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '3' },
    readme: { type: 'boolean', default: false },
  },
});
const only = values.only.split(',').filter(Boolean);
const images = join(import.meta.dirname, '..', '..', 'docs', 'images');
const MAX_HEIGHT = 3_200;
const RATE = 30;
const README = [
  { name: 'overview', colorScheme: 'light', height: 1_200 },
  { name: 'decision', colorScheme: 'light', height: 1_040 },
  { name: 'queue', colorScheme: 'dark', height: 860 },
  { name: 'models', colorScheme: 'dark', height: 1_000 },
] as const;

const RULES = [
  {
    ...{ id: 'card-testing', name: 'Card testing on one device', outcome: 'decline', mode: 'live', priority: 1 },
    when: 'distinct("device", "card", "1h") >= 3 && tx.amountBase < 50',
    ...{ reason: 'many cards on this device', suppress: { entity: 'device', seconds: 86_400 }, tags: ['velocity'] },
  },
  {
    ...{ id: 'new-account-high', name: 'New account, high amount', outcome: 'review', mode: 'shadow' },
    ...{ when: 'tx.accountAgeDays <= 2 && tx.amountBase > 500', reason: 'a new account pays much' },
  },
  {
    ...{ id: 'known-devices', name: 'Devices of earlier fraud', outcome: 'decline', mode: 'off', hard: true },
    ...{ when: 'inList("bad_devices", tx.deviceId)', reason: 'this device was used for fraud' },
  },
];

interface Payment {
  id: string;
  userId: string;
  score?: number;
  deviceId?: string;
  reasons?: unknown[];
}
interface Case {
  id: string;
  version: number;
}

async function ask<T>(url: string, method = 'GET', body?: unknown): Promise<T> {
  const headers: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) } as RequestInit);
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** A server at work: payments of some minutes, a challenger beside the champion, cases that people took and resolved. */
async function atWork(url: string): Promise<void> {
  const challenger = await bringChallenger(url);
  await ask(`${url}/api/models/${challenger}/shadow`, 'POST');
  await ask(`${url}/api/lists`, 'POST', { name: 'bad_devices', type: 'device', fromCases: true });
  const entries = Array.from({ length: 5 }, (_, i) => ({ value: `d_known_${i}`, note: 'chargebacks in spring' }));
  await ask(`${url}/api/lists/bad_devices/entries`, 'POST', { entries });
  for (const rule of RULES) await ask(`${url}/api/rules`, 'POST', rule);
  const people = [
    ['Ada Okafor', 'ada.okafor@example.org'],
    ['Jonas Berg', 'jonas.berg@example.org'],
    ['Mei Tanaka', 'mei.tanaka@example.org'],
  ];
  for (const [name, email] of people) await ask(`${url}/api/users`, 'POST', { name, email });
  const seconds = Math.round(Number(values.minutes) * 60);
  console.log(`${RATE} payments a second for ${seconds} s …`);
  await ask(`${url}/api/demo`, 'POST', { rate: RATE, seconds: Math.min(3_600, seconds + 300) });
  await sleep(seconds * 500);
  const { data } = await ask<{ data: Case[] }>(`${url}/api/cases?status=open&limit=30`);
  for (const [i, { id, version }] of data.slice(2).entries())
    if (i % 3 === 0) {
      const resolution = (['fraud', 'fraud', 'legitimate', 'unsure'] as const)[(i / 3) % 4];
      await ask(`${url}/api/cases/${id}/resolve`, 'POST', { resolution, version }).catch(() => undefined);
    } else if (i % 3 === 1) {
      const assignee = people[(i - 1) % 3][0].split(' ')[0];
      await ask(`${url}/api/cases/${id}/assign`, 'POST', { assignee, version }).catch(() => undefined);
    }
  await sleep(seconds * 500);
}

async function pathsOf(url: string): Promise<Record<string, string>> {
  const { data } = await ask<{ data: Payment[] }>(`${url}/api/transactions/alerts?limit=200`);
  const worst = data.filter(({ deviceId }) => deviceId).sort((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
  return {
    ...{ overview: '/', feed: '/feed', queue: '/queue', transactions: '/transactions', users: '/users' },
    filters: '/transactions?decision=decline&minScore=60&from=2026-01-01T00:00',
    ...{
      models: '/models',
      rules: '/rules',
      rule: '/rules/edit/card-testing',
      'new-rule': '/rules/new?from=pack-card-testing-device',
      lists: '/rules/lists',
    },
    ...{
      list: '/rules/lists/bad_devices',
      backtests: '/rules/backtests',
      policy: '/rules/policy',
      drift: '/drift',
      ledgers: '/ledgers',
      visa: '/ledgers?ledger=vamp',
      try: '/try',
      settings: '/settings',
      about: '/about',
      nowhere: '/nowhere',
    },
    ...(worst && {
      decision: `/decisions/${encodeURIComponent(worst.id)}`,
      entity: `/entities/device/${encodeURIComponent(worst.deviceId!)}`,
      customer: `/entities/user/${encodeURIComponent(worst.userId)}`,
    }),
  };
}

async function show(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('#main h1, #main p').first().waitFor();
  await page.waitForLoadState('networkidle', { timeout: 60_000 });
  await page.waitForTimeout(800);
}

/** The window grows to the page, so that what sticks to its edges covers nothing. */
async function whole(page: Page, width: number): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height > 860) await page.setViewportSize({ width, height: Math.min(height, MAX_HEIGHT) });
  await page.waitForTimeout(300);
}

async function everyPage(url: string, paths: Record<string, string>): Promise<void> {
  mkdirSync(values.out, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 390]) {
      const { page, complaints } = await openPage(browser, url, { colorScheme, reducedMotion: 'reduce' });
      for (const [name, path] of Object.entries(paths)) {
        if (only.length > 0 && !only.includes(name)) continue;
        await page.setViewportSize({ width, height: 860 });
        await show(page, path);
        await whole(page, width);
        await page.screenshot({ path: join(values.out, `${name}-${colorScheme}-${width}.png`) });
      }
      for (const complaint of complaints) console.error(`${colorScheme} ${width}: ${complaint}`);
      await page.context().close();
    }
}

async function readme(url: string, paths: Record<string, string>): Promise<void> {
  mkdirSync(images, { recursive: true });
  for (const { name, colorScheme, height } of README) {
    const viewport = { width: 1280, height };
    const { page } = await openPage(browser, url, {
      ...{ colorScheme, viewport, reducedMotion: 'reduce', deviceScaleFactor: 1.5 },
    });
    await show(page, paths[name]);
    const cdp = await page.context().newCDPSession(page);
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
    writeFileSync(join(images, `${name}.webp`), data, 'base64');
    await page.context().close();
  }
}

if (skip && !values.url) {
  console.error(skip);
  process.exit(1);
}
const stage = values.url ? undefined : await startStage();
const url = values.url ?? stage!.server;
const browser = await launch();
try {
  if (stage) await atWork(url);
  const paths = await pathsOf(url);
  await (values.readme ? readme(url, paths) : everyPage(url, paths));
} finally {
  await browser.close();
  await stage?.stop();
}
