import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './stage.ts';

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface Watched {
  page: Page;
  /** Console errors and warnings, uncaught errors, and requests to other hosts. */
  complaints: string[];
}

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
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('blob:')) complaints.push(`foreign request: ${url}`);
  });
  page.on('websocket', (socket) => {
    if (!socket.url().startsWith(base.replace('http', 'ws'))) complaints.push(`foreign socket: ${socket.url()}`);
  });
  return { page, complaints };
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
