import { test } from 'node:test';
import { killRun } from './support/kill-run.ts';

test('killed three times under load: nothing acknowledged is lost, nothing is applied twice', async (context) => {
  const seen = await killRun({ kills: 3, seed: 7, perRound: 800 });
  context.diagnostic(JSON.stringify(seen));
});
