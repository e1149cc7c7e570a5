/**
 * Every page, light and dark, 1280 and 390 px wide, for people to look at.
 *
 *   npm run screenshots -w dashboard [-- --out DIR] [--only models,queue] [--minutes 3] [--url http://127.0.0.1:3000]
 *   npm run screenshots -w dashboard -- --readme      those of the README, into docs/images
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
  { name: 'entity', colorScheme: 'light', height: 660, at: 'Links' },
  { name: 'rule', colorScheme: 'light', height: 660 },
] as const;
/** What the stream pays in and nobody publishes has a rate of one's own here, and yesterday's picture is no older than its rates. */
const SETTINGS = {
  CASE_SLA: 'score>=90:1h, amount>=1000:4h, 1d',
  CURRENCY_RATES: 'KWD=3.26',
  RATES_MAX_AGE_DAYS: '3650',
};

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

const SHOPS = ['north', 'south', 'harbour', 'books', 'travel', 'a_rather_long_name_of_a_shop'];

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
  await ask(`${url}/api/queues`, 'POST', { name: 'Large', minAmount: 500, members: ['Ada', 'Jonas'], mode: 'pull' });
  await ask(`${url}/api/templates`, 'POST', { name: 'Called', text: 'Called the customer: ' });
  await disputed(url);
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

/** Payments of some shops by card, settled, of which some are disputed. */
async function disputed(url: string): Promise<void> {
  const at = new Date().toISOString();
  for (const [shop, name] of SHOPS.entries())
    for (let i = 0; i < 12; i++) {
      const { id } = await ask<Payment>(`${url}/api/transactions`, 'POST', {
        ...{ userId: `customer_${shop}_${i}`, cardId: `card_${shop}_${i}`, merchantId: `shop_${name}`, country: 'DE' },
        ...{ amount: 40 + i * 17, currency: 'EUR', remote: true, instrument: 'card', cardBrand: 'visa' },
      });
      await ask(`${url}/api/transactions/${id}/events`, 'POST', { type: 'settled', at });
      if (i >= shop) continue;
      const kind = i % 2 === 0 ? 'early_warning' : 'dispute';
      const dispute = {
        id: `dp_${shop}_${i}`,
        kind,
        scheme: 'visa',
        reasonCode: '10.4',
        reportedAt: at,
        status: 'open',
      };
      await ask(`${url}/api/transactions/${id}/disputes`, 'POST', dispute);
    }
}

async function pathsOf(url: string): Promise<Record<string, string>> {
  const { data } = await ask<{ data: Payment[] }>(`${url}/api/transactions/alerts?limit=200`);
  const worst = data.filter(({ deviceId }) => deviceId).sort((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
  const {
    data: [open],
  } = await ask<{ data: Case[] }>(`${url}/api/cases?status=open&limit=1`);
  const models = await ask<{ data: { version: string; role: string }[] }>(`${url}/api/models`);
  return {
    ...{ overview: '/', feed: '/feed', queue: '/queue', transactions: '/transactions', users: '/users' },
    ...{ resolved: '/queue?show=resolved', mine: '/queue?show=mine', team: '/queue/team', proof: '/proof' },
    ...(open && { case: `/queue?case=${open.id}` }),
    registered: '/users?who=registered',
    challenger: `/models?model=${models.data.find(({ role }) => role === 'shadow')?.version ?? ''}`,
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
      mastercard: '/ledgers?ledger=mastercard',
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
  await page.locator('#main :is(h1, h2, p):visible').first().waitFor();
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
  for (const one of README) {
    const { name, colorScheme, height } = one;
    const viewport = { width: 1280, height };
    const { page } = await openPage(browser, url, {
      ...{ colorScheme, viewport, reducedMotion: 'reduce', deviceScaleFactor: 1.5 },
    });
    await show(page, paths[name]);
    if ('at' in one) {
      const heading = page.getByRole('heading', { name: one.at, exact: true });
      await heading.evaluate((element) => element.closest('section')!.scrollIntoView());
      await page.evaluate(() => scrollBy(0, -20));
    }
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
const stage = values.url ? undefined : await startStage('', SETTINGS);
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
