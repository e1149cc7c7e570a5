import { test } from 'node:test';
import { killRun } from './support/kill-run.ts';

test('killed twice under load: nothing acknowledged is lost, nothing is applied twice', async (context) => {
  const seen = await killRun({ kills: 2, seed: 7, perRound: 500 });
  context.diagnostic(JSON.stringify(seen));
});
