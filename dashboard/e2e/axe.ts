import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** What is serious or critical to axe, as "rule: element". */
export async function violations(page: Page): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const { passes, found } = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ passes: unknown[]; violations: Violation[] }> } };
    const result = await axe.run();
    return { passes: result.passes.length, found: result.violations };
  });
  assert.ok(passes > 10, `only ${passes} rules found anything to look at`);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}
