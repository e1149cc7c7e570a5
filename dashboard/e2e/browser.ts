import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core';
import { chromiumPath } from './stage.ts';
import { until } from './until.ts';

/**
 * The address bar's two drop-down pages were half of what a window cost the processor, and nobody sees them. Of arguments of this
 * kind the last one counts, so what Playwright turns off to keep the browser still stands here too.
 */
const WITHOUT = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'AimEnabled', 'LensOverlay', 'MediaRouter', 'OptimizationHints'],
  ...[
    'HttpsUpgrades',
    'PaintHolding',
    'NetworkTimeServiceQuerying',
    'PreconnectToSearch',
    'DestroyProfileOnBrowserClose',
  ],
];

export function launch(): Promise<Browser> {
  // A graphics card that is played by the processor takes a quarter more of it, and draws the same.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--disable-features=${WITHOUT.join(',')}`];
  return chromium.launch({ executablePath: chromiumPath, args });
}

export interface Watched {
  page: Page;
  /** Console errors and warnings, uncaught errors, and requests to other hosts. */
  complaints: string[];
  /** Waits until nothing is loading: no request is under way, nor has one been for a while, and nothing says it is busy. */
  settled(): Promise<void>;
}

const QUIET_MS = 100;

/** A page whose complaints are kept. */
export async function openPage(browser: Browser, base: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, baseURL: base, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  const underWay = new Set<Request>();
  let endedAt = 0;
  const ended = (request: Request) => {
    underWay.delete(request);
    endedAt = Date.now();
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  page.on('request', (request) => {
    underWay.add(request);
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('blob:')) complaints.push(`foreign request: ${url}`);
  });
  page.on('websocket', (socket) => {
    if (!socket.url().startsWith(base.replace('http', 'ws'))) complaints.push(`foreign socket: ${socket.url()}`);
  });
  const quiet = async () =>
    underWay.size === 0 &&
    Date.now() - endedAt >= QUIET_MS &&
    (await page.locator('#main [aria-busy="true"], #main .skeleton').count()) === 0;
  return { page, complaints, settled: () => until(quiet) };
}

export async function post(base: string, body: Record<string, unknown>): Promise<{ id: string; decision: string }> {
  const response = await fetch(`${base}/api/transactions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201)
    throw new Error(`the payment was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as { id: string; decision: string };
}
