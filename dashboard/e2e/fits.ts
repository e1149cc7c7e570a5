import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** Makes the window so many pixels wide, and fails where the page is wider by then, naming what reaches out. */
export async function fits(page: Page, width: number, name = ''): Promise<void> {
  await page.setViewportSize({ width, height: 860 });
  // Charts are drawn anew once they know their width.
  await page
    .waitForFunction((wide) => innerWidth === wide && document.documentElement.scrollWidth <= wide, width, {
      timeout: 5_000,
    })
    .catch(() => undefined);
  const tooWide = await page.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth
      ? []
      : [...document.querySelectorAll('body *')]
          .filter((element) => element.getBoundingClientRect().right > innerWidth)
          .map(({ outerHTML }) => outerHTML.slice(0, 200)),
  );
  assert.deepEqual(tooWide, [], `${name} ${width} px`);
}
