/**
 * Kills, freezes, fills and damages servers of its own, and prints a table: `npm run torture [-- --kills 50 --seeds 400]`. It ends by itself;
 * whatever is broken ends it with exit code 1. What needs namespaces or mounts says where this account may not make them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killRun } from '../support/kill-run.ts';
import { flips } from './flips.ts';
import { frozen } from './frozen.ts';
import { mirror } from './mirror.ts';
import { type Row, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seeds: { type: 'string', default: '100' },
    freezes: { type: 'string', default: '3' },
    losses: { type: 'string', default: '5' },
    only: { type: 'string', default: 'flips,frozen,mirror,kills,power,disk,walls' },
  },
});
const root = join(import.meta.dirname, '..', '..');
const chosen = new Set(values.only.split(','));
const rows: Row[] = [];

/** A proof that stands by itself already: its exit code is the finding. */
async function proof(
  name: string,
  tries: number,
  args: string[],
  seen: RegExp,
  env: Record<string, string> = {},
): Promise<Row> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const [code] = await once(child, 'exit');
  const found =
    seen.exec(said)?.[0].replace(/\s+/g, ' ').trim() ??
    (/# SKIP|skipped [1-9]/.test(said) ? 'not tried: this account may not' : '');
  return { name, tries, faults: code === 0 ? [] : [said.slice(-1_500)], seen: found };
}

async function run(name: string, work: () => Promise<Row | Row[]>): Promise<void> {
  if (!chosen.has(name)) return;
  for (const row of [await work()].flat()) {
    rows.push(row);
    console.error(`${row.name}: ${row.faults.length} broken. ${row.seen}`);
    for (const fault of row.faults) console.error(`  ${fault}`);
  }
}

await run('flips', flips);
await run('frozen', () => frozen(Number(values.freezes)));
await run('mirror', () => mirror(Number(values.losses)));
await run('kills', async () => {
  const kills = Number(values.kills);
  const name = 'kill -9 under load, with the embedded database';
  try {
    const { made, acknowledged } = await killRun({ kills, seed: 1, perRound: 150 });
    return { name, tries: kills, faults: [], seen: `${acknowledged} of ${made} acknowledged, each there once` };
  } catch (error) {
    return { name, tries: kills, faults: [String(error)], seen: '' };
  }
});
// A cut of power is what the disk of the simulator does: any of the sectors that were not synced stay, and no mount is needed.
await run('power', () =>
  proof(
    'power cuts, frozen and replaced owners, full and lying disks',
    Number(values.seeds),
    ['test/simulator/simulate.ts', '--seeds', values.seeds],
    /paid: [^}]*/,
  ),
);
await run('disk', () =>
  proof('a disk of its own filled to the last byte', 1, ['--test', 'test/services/full-disk.test.ts'], /pass \d+/),
);
await run('walls', () =>
  proof(
    'two servers and a command in namespaces of their own, with kills',
    3,
    ['--test', 'test/services/namespaces.test.ts'],
    /"acknowledged":\d+/,
    { NAMESPACE_ROUNDS: '3' },
  ),
);
console.log(tableOf(rows));
process.exitCode = rows.some(({ faults }) => faults.length > 0) ? 1 : 0;
