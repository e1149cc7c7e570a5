/**
 * The dashboard in Chromium, on the real path: a server of its own with a stream of payments over HTTP, its feed over
 * WebSocket, the page as the server sends it. The server, the load and the browser share this machine's cores, and
 * Chromium draws without a graphics card.
 *
 *   npm run bench:dashboard [-- --seconds 60 --rate 1000]
 *
 * Prints JSON: how soon one button fills an empty overview, the first load with a cold cache, then the feed under the
 * stream, and the picture of 500 linked entities under a moving pointer. Build first: npm run build -w dashboard.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launch } from '../dashboard/e2e/browser.ts';
import { everyPanel } from '../dashboard/e2e/panels.ts';
import { skip } from '../dashboard/e2e/stage.ts';
import { linkPicture } from './link-picture.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, rate: { type: 'string', default: '1000' } },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const LOADS = 5;
const WINDOW = { width: 1280, height: 860 };

/** Runs before the page's own scripts: frames by second, long tasks, and when the first heading stood. */
const WATCH = `
  window.bench = { frames: [], longTasks: [], headingAt: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) bench.longTasks.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });
  (function frame(now) {
    const second = Math.floor(now / 1000);
    bench.frames[second] = (bench.frames[second] ?? 0) + 1;
    if (!bench.headingAt && document.querySelector('#main h1')) bench.headingAt = performance.now();
    requestAnimationFrame(frame);
  })(performance.now());
`;

interface Seen {
  frames: (number | null)[];
  longTasks: [start: number, duration: number][];
  headingAt: number;
  paintAt: number;
  now: number;
}

const seenBy = (page: Page): Promise<Seen> =>
  page.evaluate(
    `({ ...bench, paintAt: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, now: performance.now() })`,
  );

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

/** A shop's payments, as bench/http.ts sends them, one in a thousand on a device that tries out cards. */
function body(i: number): string {
  const user = (i * 2_654_435_761) % 5_000;
  const tested = i % 1_000 === 0;
  return JSON.stringify({
    userId: `user_${user}`,
    amount: tested ? 1 + (i % 3) : 5 + ((i * 37) % 20_000) / 100,
    currency: 'USD',
    productCategory: ['Groceries', 'Fashion', 'Electronics'][i % 3],
    merchantId: `merchant_${(i * 31) % 300}`,
    cardId: tested ? `tested_${i}` : `card_${user}`,
    deviceId: tested ? 'device_tester' : `device_${user}`,
    ip: `10.${user >> 8}.${user & 255}.1`,
    email: `user${user}@example.com`,
    country: 'US',
    channel: 'web',
    accountAgeDays: 100 + (user % 900),
  });
}

async function startServer(dataDir: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../bin/assay.js'), 'serve', '--port', '0'], {
    env: { ...process.env, ASSAY_DATA_DIR: dataDir, RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += chunk;
      const match = /at (http:\/\/\S+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
  return { child, url };
}

/** From the press of the button on an empty overview until every panel of it shows something. */
async function fill(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: WINDOW });
  const page = await context.newPage();
  await page.goto(url);
  const button = page.getByRole('button', { name: 'Send sample payments' });
  await button.waitFor();
  const began = performance.now();
  await button.click();
  await everyPanel(page, 60_000);
  const took = performance.now() - began;
  await fetch(`${url}/api/demo`, { method: 'DELETE' });
  await context.close();
  return Math.round(took);
}

/** With nothing cached: bytes over the wire, first paint, and from when on no task kept the page from answering. */
async function firstLoad(browser: Browser, url: string, path: string) {
  const loads: { bytes: number; requests: number; paintAt: number; interactiveAt: number }[] = [];
  for (let i = 0; i < LOADS; i++) {
    const context = await browser.newContext({ viewport: WINDOW });
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    let bytes = 0;
    let requests = 0;
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests++;
    });
    await page.goto(url + path);
    await page.locator('#main h1').waitFor();
    // Long tasks are told once they have ended, and half a second without one is what "interactive" asks for.
    await page.waitForTimeout(1_500);
    const { headingAt, paintAt, longTasks } = await seenBy(page);
    const lastTask = longTasks.reduce((end, [start, duration]) => Math.max(end, start + duration), 0);
    loads.push({ bytes, requests, paintAt, interactiveAt: Math.max(headingAt, lastTask) });
    await context.close();
  }
  const of = (pick: (load: (typeof loads)[number]) => number) => loads.map(pick);
  return {
    path,
    requests: Math.max(...of(({ requests }) => requests)),
    kilobytes: Math.round(Math.max(...of(({ bytes }) => bytes)) / 100) / 10,
    firstPaintMs: Math.round(median(of(({ paintAt }) => paintAt))),
    interactiveMs: {
      median: Math.round(median(of(({ interactiveAt }) => interactiveAt))),
      worst: Math.round(Math.max(...of(({ interactiveAt }) => interactiveAt))),
    },
  };
}

/** Resident memory of the page's process in bytes: its own, and its own with its share of what is shared. */
function memoryOf(pid: number): { own: number; proportional: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    own: 1024 * (kilobytes('Private_Clean') + kilobytes('Private_Dirty')),
    proportional: 1024 * kilobytes('Pss'),
  };
}

/** The process of a page that is busy: of the renderers the one that worked most. */
async function rendererOf(browserCdp: CDPSession): Promise<number> {
  const { processInfo } = await browserCdp.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime)[0].id;
}

async function feedUnderStream(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: WINDOW });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  const received = { decisions: 0, missed: 0, last: '' };
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const event = JSON.parse(String(payload)) as { type: string; data: { id?: string; missed?: number } };
      if (event.type === 'transaction.decided') {
        received.decisions++;
        received.last = event.data.id ?? '';
      } else if (event.type === 'stats') received.missed += event.data.missed ?? 0;
    }),
  );
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  const browserCdp = await browser.newBrowserCDPSession();
  await page.goto(`${url}/feed`);
  await page.getByText('Live', { exact: true }).waitFor();

  let i = 0;
  const stream = autocannon({
    url: `${url}/api/transactions`,
    connections: 16,
    duration: seconds,
    overallRate: rate,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: body(i++) }),
      },
    ],
  });
  const heaps: number[] = [];
  const own: number[] = [];
  const proportional: number[] = [];
  const began = (await seenBy(page)).now;
  const sampling = setInterval(async () => {
    try {
      const { metrics } = await cdp.send('Performance.getMetrics');
      heaps.push(metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0);
      const memory = memoryOf(await rendererOf(browserCdp));
      own.push(memory.own);
      proportional.push(memory.proportional);
    } catch {
      // The page is gone: the last sample came too late.
    }
  }, 1_000);
  const result = await stream;
  clearInterval(sampling);
  const { frames, longTasks, now } = await seenBy(page);
  await page.waitForTimeout(1_500);
  const newest = await page.locator('section[aria-label^="Decisions"] li a').first().getAttribute('href');
  await context.close();

  const whole = frames.slice(Math.ceil(began / 1000), Math.floor(now / 1000)).map((count) => count ?? 0);
  const tasks = longTasks.filter(([start]) => start >= began).map(([, duration]) => duration);
  return {
    decisionsPerSecond: Math.round(result['2xx'] / result.duration),
    not2xx: result.non2xx + result.errors,
    received: received.decisions,
    passedOver: received.missed,
    newestIsShown: newest !== null && decodeURIComponent(newest).endsWith(`/${received.last}`),
    framesPerSecond: {
      mean: Math.round((10 * whole.reduce((sum, count) => sum + count, 0)) / whole.length) / 10,
      worstSecond: Math.min(...whole),
    },
    longTasks: { count: tasks.length, longestMs: Math.round(Math.max(0, ...tasks)) },
    megabytes: {
      heapMedian: megabytes(median(heaps)),
      heapMost: megabytes(Math.max(...heaps)),
      processOwnMost: megabytes(Math.max(...own)),
      processProportionalMost: megabytes(Math.max(...proportional)),
    },
  };
}

if (skip) {
  console.error(`skipped: ${skip}`);
  process.exit(1);
}
const dataDir = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const server = await startServer(dataDir);
const browser = await launch();
try {
  const filledMs = await fill(browser, server.url);
  for (let i = 0; i < 200; i++)
    await fetch(`${server.url}/api/transactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(i * 50),
    });
  const firstLoads = [await firstLoad(browser, server.url, '/'), await firstLoad(browser, server.url, '/feed')];
  const feed = await feedUnderStream(browser, server.url);
  const links = await linkPicture(browser, server.url, { nodes: 500, seconds: 10, viewport: WINDOW, watch: WATCH });
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version, chromium: browser.version() };
  console.log(JSON.stringify({ machine, seconds, rate, filledMs, firstLoads, feed, links }, null, 2));
} finally {
  await browser.close();
  const ended = new Promise((resolve) => server.child.once('exit', resolve));
  server.child.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
}
