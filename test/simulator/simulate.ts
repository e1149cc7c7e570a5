import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { runSeed } from './world.ts';

/**
 * npm run simulate -- --seed 17              one seed, with the place of what it found
 * npm run simulate -- --seeds 10000          many, from --from on
 * npm run simulate -- --faults               the injected faults, each until a seed catches it: a table
 * npm run simulate -- --fault NAME --seed 3  one of them
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    fault: { type: 'string' },
    faults: { type: 'boolean', default: false },
  },
});

if (values.faults) await catchFaults(Number(values.seeds));
else await runMany();

async function runMany(): Promise<void> {
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const fault = FAULTS.find(({ name }) => name === values.fault);
  if (values.fault !== undefined && !fault) throw new Error(`no fault ${values.fault}`);
  const sums = { paid: 0, records: 0, crashes: 0, takeovers: 0, cut: 0, refused: 0 };
  let failed = 0;
  const began = performance.now();
  for (let seed = first; seed < first + count; seed++) {
    try {
      const outcome = await runSeed(seed, fault?.seams);
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += Number(outcome[name]);
    } catch (error) {
      failed++;
      console.error(`npm run simulate -- --seed ${seed}: ${count === 1 ? (error as Error).stack : error}`);
    }
  }
  const rate = count / ((performance.now() - began) / 1000);
  console.log(`${count} seeds, ${failed} failed, ${rate.toFixed(1)} a second:`, sums);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function catchFaults(most: number): Promise<void> {
  for (const { name, what, seams } of FAULTS) {
    if (values.fault !== undefined && values.fault !== name) continue;
    let caught: string | undefined;
    for (let seed = 1; seed <= most && caught === undefined; seed++) {
      caught = await runSeed(seed, seams).then(
        () => undefined,
        (error: Error) => `${seed} | ${error.message.replace(/[\d-]{3,}/g, '…')}`,
      );
    }
    if (caught === undefined) process.exitCode = 1;
    console.log(`| ${name} | ${what} | ${caught ?? 'not caught | '} |`);
  }
}
