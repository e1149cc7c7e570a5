import type { Health } from '../api/types.ts';
import { count } from '../lib/format.ts';

/** What people are told of the rates; undefined where all is well. */
export function ratesSaid({ base, newest, state, missing }: Health['rates']): string | undefined {
  const currencies = Object.entries(missing).sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  const said: string[] = [];
  if (state === 'none') said.push(`There are no exchange rates: only amounts in ${base} are added up.`);
  if (state === 'old') said.push(`The exchange rates are of ${newest}, and older than they should be.`);
  if (currencies.length > 0) {
    const payments = currencies.reduce((sum, [, many]) => sum + many, 0);
    const named = currencies.slice(0, 3).map(([currency]) => currency);
    const rest = currencies.length > 3 ? ` and ${currencies.length - 3} more` : '';
    said.push(
      `${payments === 1 ? '1 payment' : `${count(payments)} payments`} in ${named.join(', ')}${rest} had no rate into ${base} since the start: the amounts are in no total.`,
    );
  }
  return said.length === 0 ? undefined : said.join(' ');
}
