/**
 * Every page of a running server, light and dark, 1280 and 390 px wide, for people to look at.
 *
 *   node scripts/screenshots.ts --url http://127.0.0.1:3000 --out /tmp/pages [--only models,queue] [--fold]
 *
 * `--fold` shows what fits the window and not the whole page. Decisions and entities are taken from what waits for review.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, openPage } from '../e2e/browser.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    out: { type: 'string', default: 'screenshots' },
    only: { type: 'string', default: '' },
    fold: { type: 'boolean', default: false },
  },
});
const only = values.only.split(',').filter(Boolean);

interface Alert {
  id: string;
  score?: number;
  deviceId?: string;
  cardId?: string;
}

const alerts = (await (await fetch(`${values.url}/api/transactions/alerts?limit=200`)).json()) as { data: Alert[] };
const worst = alerts.data.filter(({ deviceId }) => deviceId).sort((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
const paths: Record<string, string> = {
  overview: '/',
  feed: '/feed',
  queue: '/queue',
  transactions: '/transactions',
  users: '/users',
  models: '/models',
  try: '/try',
  settings: '/settings',
  about: '/about',
  nowhere: '/nowhere',
};
if (worst) {
  paths.decision = `/decisions/${encodeURIComponent(worst.id)}`;
  paths.entity = `/entities/device/${encodeURIComponent(worst.deviceId!)}`;
}
mkdirSync(values.out, { recursive: true });
const browser = await launch();
for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 390]) {
    const { page, complaints } = await openPage(browser, values.url, {
      colorScheme,
      viewport: { width, height: width === 1280 ? 860 : 844 },
      reducedMotion: 'reduce',
    });
    for (const [name, path] of Object.entries(paths)) {
      if (only.length > 0 && !only.includes(name)) continue;
      await page.goto(path);
      await page.locator('#main h1, #main p').first().waitFor();
      await page.waitForTimeout(1_200);
      const file = join(values.out, `${name}-${colorScheme}-${width}.png`);
      await page.screenshot({ path: file, fullPage: !values.fold });
    }
    for (const complaint of complaints) console.error(`${colorScheme} ${width}: ${complaint}`);
    await page.context().close();
  }
await browser.close();
