/**
 * What profiles cost: bytes an entity, and a decision in process (keys, features, model, judgement, the record as JSON, learning),
 * of this build and of another, in turns and in fresh processes: A B A B.
 *
 *   git worktree add /tmp/before COMMIT && ln -s $PWD/node_modules /tmp/before/node_modules
 *   node bench/profiles-cost.ts /tmp/before [rounds] [payments]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [before, rounds = '5', payments = '60000'] = process.argv.slice(2);
const here = join(import.meta.dirname, '..');
if (before === undefined) throw new Error('Name the folder of the build to compare with.');

interface Figures {
  entities: number;
  bytesPerEntity: number;
  medianUs: number;
  p99Us: number;
  recordBytes: number;
}

function run(root: string): Figures {
  const child = spawnSync(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'profiles-cost', 'measure.ts'), root, payments],
    { encoding: 'utf8', maxBuffer: 1 << 24 },
  );
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Figures;
}

const runs = Array.from({ length: Number(rounds) }, () => ({ before: run(before), now: run(here) }));
const show = (name: string, of: (figures: Figures) => number, digits = 1) => {
  const ratios = runs.map((one) => of(one.now) / of(one.before)).sort((a, b) => a - b);
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1].toFixed(digits);
  const [was, is] = [middle(runs.map((one) => of(one.before))), middle(runs.map((one) => of(one.now)))];
  const spread = `${ratios[0].toFixed(3)}–${ratios.at(-1)!.toFixed(3)}`;
  console.log(`${name}: ${was} → ${is}, ratio ${ratios[ratios.length >> 1].toFixed(3)} (${spread})`);
};
console.log(`${payments} generated payments, ${rounds} pairs`);
show('entities', (one) => one.entities, 0);
show('bytes an entity', (one) => one.bytesPerEntity, 0);
show('decision, median µs', (one) => one.medianUs);
show('decision, p99 µs', (one) => one.p99Us);
show('bytes of a record', (one) => one.recordBytes, 0);
