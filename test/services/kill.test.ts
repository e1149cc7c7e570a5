import { test } from 'node:test';
import { killRun } from '../support/kill-run.ts';

test('killed twenty times at random under load: nothing acknowledged is lost, nothing is applied twice', async (context) => {
  const seen = await killRun({ kills: 20, seed: 20_26, perRound: 1_500 });
  context.diagnostic(JSON.stringify(seen));
});
