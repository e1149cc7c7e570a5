import { after, before } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launch, openPage, type Watched } from './browser.ts';
import { type Stage, startStage } from './stage.ts';

export interface OnStage extends Omit<Stage, 'stop'> {
  readonly browser: Browser;
  /** A page of its own, by way of the line. */
  open(options?: BrowserContextOptions): Promise<Watched>;
}

/**
 * A server and a browser for the tests of a suite, to be called in its `describe`; there once its own `before` hooks run.
 * Both end with the suite, and one of them too where the other did not start: what stays would keep the file alive.
 */
export function onStage(apiKey?: string, settings?: () => Record<string, string>): OnStage {
  let stage: Stage | undefined;
  let browser: Browser | undefined;
  before(async () => {
    const started = await Promise.allSettled([
      startStage(apiKey, settings?.()).then((one) => (stage = one)),
      launch().then((one) => (browser = one)),
    ]);
    for (const one of started) if (one.status === 'rejected') throw one.reason;
  });
  after(async () => {
    await Promise.allSettled([browser?.close(), stage?.stop()]);
  });
  return {
    get url() {
      return stage!.url;
    },
    get server() {
      return stage!.server;
    },
    get browser() {
      return browser!;
    },
    cut: () => stage!.cut(),
    mend: () => stage!.mend(),
    open: (options) => openPage(browser!, stage!.url, options),
  };
}
