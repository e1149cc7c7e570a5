import { Command } from 'commander';
import type { BacktestShown } from './backtest-run.ts';

interface Flags {
  rules?: string;
  model?: string;
  from?: string;
  to?: string;
  recompute?: boolean;
  dataDir?: string;
  json?: boolean;
}

/** `assay backtest`: through the running server where one holds the data directory, else straight from the journal. */
export function backtestCommand(): Command {
  return new Command('backtest')
    .description('what other rules, thresholds or another model would have done with the decisions of the log')
    .option('--rules <file>', 'JSON: rules in the place of all, or an object as POST /api/backtests takes it')
    .option('--model <version>', 'scores in the place of the models of then')
    .option('--from <time>', 'decided from then on (RFC 3339, or a date)')
    .option('--to <time>', 'decided before')
    .option('--recompute', 'computes features anew as of then, whatever was stored')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--json', 'print JSON')
    .action(async ({ json, dataDir, ...flags }: Flags) => {
      const { backtested } = await import('./backtest-run.ts');
      const shown = await backtested(flags, { quiet: json === true, ...(dataDir ? { dataDir } : {}) });
      console.log(json ? JSON.stringify(shown) : words(shown));
    });
}

const count = (n: number) => n.toLocaleString('en-US');

function words({ mode, result }: BacktestShown): string {
  const { decisions, from, to, was, would, moved, money, rules, notes } = result;
  const sides = ({ approve, review, decline }: typeof was) =>
    `${count(approve)} approved, ${count(review)} reviewed, ${count(decline)} declined`;
  const lines = [`${count(decisions)} decisions from ${from ?? '–'} to ${to ?? '–'}, ${mode}`, ''];
  lines.push(`was    ${sides(was)}`, `would  ${sides(would)}`, '');
  for (const { from, to, count: n, fraud, legitimate, presumed, unknown } of moved)
    lines.push(
      `${from} → ${to}: ${count(n)}, of them ${count(fraud)} fraud, ${count(legitimate)} legitimate (${count(presumed)} presumed), ${count(unknown)} unknown`,
    );
  if (moved.length === 0) lines.push('No decision changes sides.');
  lines.push('');
  for (const name of ['fraudStopped', 'fraudReleased', 'goodStopped', 'marginLost', 'reviewCost', 'unknown'] as const)
    lines.push(`${name.padEnd(13)} ${money[name].amount.toFixed(2).padStart(14)}  ${money[name].basis}`);
  lines.push(`between ${money.low.amount.toFixed(2)} and ${money.high.amount.toFixed(2)}, base currency`, '');
  for (const { id, hits, alone, precision, interval } of rules) {
    const right =
      precision === null ? 'nothing known' : `${percent(precision)} right (${interval!.map(percent).join('–')})`;
    lines.push(`${id}: ${count(hits)} hits, ${count(alone)} by it alone, ${right}`);
  }
  return [...lines, ...notes].join('\n').trimEnd();
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
