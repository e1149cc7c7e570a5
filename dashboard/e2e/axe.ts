import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** Finds nothing serious, light and dark, once whatever moves has come to rest. */
export async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
    assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
  }
}

/** What is serious or critical to axe, as "rule: element". */
export async function violations(page: Page): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const { passes, found } = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<Result> } };
    const result = await axe.run({ resultTypes: ['violations'] });
    return { passes: result.passes.length, found: result.violations };
  });
  assert.ok(passes > 10, `only ${passes} rules found anything to look at`);
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
