import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { inBothThemes, inOneTheme } from './axe.ts';
import type { Watched } from './browser.ts';
import { fits } from './fits.ts';
import { onStage } from './on-stage.ts';
import { populate } from './populate.ts';
import { skip } from './stage.ts';

const WIDTHS = [390, 768, 1280, 2560];
/** Every width with every theme, by hand (`npm run test:e2e:whole`): a page's colours are the same tokens at each width. */
const WHOLE = process.env.E2E_WHOLE === '1';

/** Every page: no complaint of the browser, nothing cut off, nothing serious to axe. */
describe('every page', { skip, timeout: 360_000 }, () => {
  const stage = onStage();
  let decision = '';
  let challenger = '';
  // One for all of them, opened anew by its address each time: what was loaded once is not loaded again.
  let watched: Watched;

  const PAGES: [name: string, path: () => string][] = [
    ['overview', () => '/'],
    ['feed', () => '/feed'],
    ['queue', () => '/queue'],
    ['a decision', () => decision],
    ['an entity', () => '/entities/device/d_shared'],
    ['transactions', () => '/transactions'],
    ['users', () => '/users'],
    ['registered users', () => '/users?who=registered'],
    ['models', () => '/models'],
    ['a challenger', () => challenger],
    ['proof by labels', () => '/proof'],
    ['rules', () => '/rules'],
    ['a new rule', () => '/rules/new?from=pack-card-testing-device'],
    ['a rule', () => '/rules/edit/watched'],
    ['lists', () => '/rules/lists'],
    ['a list', () => '/rules/lists/bad_devices'],
    ['backtests', () => '/rules/backtests'],
    ['the policy', () => '/rules/policy'],
    ['ledgers', () => '/ledgers'],
    ['a ledger by merchant', () => '/ledgers?ledger=vamp'],
    ['drift', () => '/drift'],
    ['try it', () => '/try'],
    ['settings', () => '/settings'],
    ['about', () => '/about'],
    ['the team', () => '/queue/team'],
    ['a page that is not there', () => '/nowhere'],
  ];

  before(async () => {
    ({ decision, challenger } = await populate(stage.server));
    watched = await stage.open({ reducedMotion: 'reduce' });
  });

  for (const [name, path] of PAGES)
    test(`${name}: strict, quiet, whole at every width, light and dark`, async () => {
      const { page, complaints, settled } = watched;
      complaints.length = 0;
      const answer = await page.goto(path());
      const policy = answer?.headers()['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.doesNotMatch(policy, /unsafe/);
      await page.locator('#main h1, #main p').first().waitFor();
      await settled();
      for (const width of WIDTHS) {
        await fits(page, width);
        if (width !== 390 && width !== 1280) continue;
        if (WHOLE) await inBothThemes(page, `${width} px`);
        else await inOneTheme(page, width === 390 ? 'dark' : 'light', `${width} px`);
      }
      assert.equal(await page.locator('#main [role="alert"]').count(), 0);
      assert.deepEqual(complaints, []);
    });
});
