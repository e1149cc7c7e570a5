import { test } from 'node:test';
import { killRun } from './support/kill-run.ts';

/** More by hand, as `ASSAY_KILLS=50`. */
const KILLS = Number(process.env.ASSAY_KILLS ?? 2);

test(`killed ${KILLS} times at random under load: nothing acknowledged is lost, nothing is applied twice`, async (context) => {
  const seen = await killRun({ kills: KILLS, seed: 20_26, perRound: 500 });
  context.diagnostic(JSON.stringify(seen));
});
