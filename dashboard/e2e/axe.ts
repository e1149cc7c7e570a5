import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The rules that look at colours: a page's dark theme differs from its light one in nothing else. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** Finds nothing serious, light and dark, once whatever moves has come to rest. */
export async function inBothThemes(page: Page, name: string): Promise<void> {
  await inTheme(page, 'light');
  assert.deepEqual(await violations(page), [], `${name}, light`);
  await inTheme(page, 'dark');
  assert.deepEqual(await violations(page, OF_COLOURS), [], `${name}, dark`);
}

/** By all of its rules in one theme. */
export async function inOneTheme(page: Page, colorScheme: 'light' | 'dark', name: string): Promise<void> {
  await inTheme(page, colorScheme);
  assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
}

async function inTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
}

/** What is serious or critical to axe, as "rule: element"; by all of its rules, or by those. */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const { passes, found } = await page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<Result> } };
    // The style sheets themselves are read by no rule that is on.
    const result = await axe.run({ resultTypes: ['violations'], preload: false, ...(runOnly && { runOnly }) });
    return { passes: result.passes.length, found: result.violations };
  }, rules);
  const least = rules ? 1 : 11;
  assert.ok(passes >= least, `only ${passes} rules found anything to look at`);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

interface Result {
  passes: unknown[];
  violations: Violation[];
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}
