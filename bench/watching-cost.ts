/**
 * What drift and the guard cost a decision in process: with both on and off, in turns and in fresh processes.
 * `npm run bench:watching-cost -- [rounds] [payments]`. Proof by labels reads the log when it is asked, and nothing before.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [rounds = '5', payments = '60000'] = process.argv.slice(2);

type Figures = Record<'medianUs' | 'p99Us' | 'watchedUs' | 'watchedP99Us' | 'lookMs' | 'checkMs', number>;

function run(mode: 'on' | 'off'): Figures {
  const script = join(import.meta.dirname, 'watching-cost', 'measure.ts');
  const child = spawnSync(process.execPath, [script, mode, payments], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Figures;
}

const runs = Array.from({ length: Number(rounds) }, (_, i) => {
  const order = i % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const);
  return Object.fromEntries(order.map((mode) => [mode, run(mode)])) as Record<'on' | 'off', Figures>;
});
const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
console.log(`${payments} generated payments, ${rounds} pairs`);
for (const [name, of] of [
  ['a decision, median', 'medianUs'],
  ['a decision, p99', 'p99Us'],
] as const) {
  const ratios = runs.map(({ on, off }) => on[of] / off[of]).sort((a, b) => a - b);
  const [was, is] = [middle(runs.map(({ off }) => off[of])), middle(runs.map(({ on }) => on[of]))];
  const spread = `${ratios[0].toFixed(3)}–${ratios.at(-1)!.toFixed(3)}`;
  console.log(`${name}: ${was.toFixed(1)} → ${is.toFixed(1)} µs, ratio ${middle(ratios).toFixed(3)} (${spread})`);
}
const on = (of: keyof Figures) => middle(runs.map(({ on }) => on[of])).toFixed(1);
console.log(`after it, beside the path: ${on('watchedUs')} µs a payment (p99 ${on('watchedP99Us')})`);
console.log(
  `the guard's look, every five seconds: ${on('lookMs')} ms; drift's check, every minute: ${on('checkMs')} ms, its windows in turns`,
);
