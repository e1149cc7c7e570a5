import type { Page } from 'playwright-core';

/** Waits until every panel of the overview shows something of what came in. */
export async function everyPanel(page: Page, timeout: number): Promise<void> {
  const panel = (name: string) => page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
  const drawn = { timeout, state: 'attached' } as const;
  await Promise.all([
    panel('Transactions per minute').locator('svg rect').first().waitFor(drawn),
    panel('Right now').locator('li').nth(5).waitFor(drawn),
    panel('Amount per minute').locator('svg rect').first().waitFor(drawn),
    panel('Latency').locator('svg circle, svg path').first().waitFor(drawn),
    panel('Scores').locator('svg rect').first().waitFor(drawn),
    panel('Top reasons').locator('li').first().waitFor(drawn),
    panel('Most alerts').locator('tbody tr').first().waitFor(drawn),
    panel('Places').locator('tbody tr').first().waitFor(drawn),
    panel('Waiting for review').locator('li').first().waitFor(drawn),
  ]);
}
