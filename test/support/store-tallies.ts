import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalEntry } from '../../src/journal/journal.ts';
import type { TransactionView } from '../../src/projections/store.ts';
import { countedStats, naiveScores, naiveStats } from './naive-queries.ts';
import { randomHistory } from './random-history.ts';
import { sequenced, T0 } from './records.ts';
import { type Bench, checkOn, openBench } from './store-bench.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Stats come from tallies of minutes to days: whatever happens to the transactions, they are a count of what is there. */
export function tallyContract(url: () => string, runs: number): void {
  const check = (name: string, body: (bench: Bench) => Promise<void>) => checkOn(url, name, body);

  check(
    'stats over minutes, hours and days are those of a naive count, through all that changes them',
    async (bench) => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(),
          fc.constantFrom(40, 3_000, 40_000, 400_000),
          fc.array(
            fc.tuple(fc.double({ min: -0.1, max: 1.1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
            {
              minLength: 4,
              maxLength: 4,
            },
          ),
          async (seed, stretch, windows) => {
            const { store, close } = await openBench(bench.url);
            const entries = stretched(randomHistory(seed, 300), stretch, seed);
            const length = Math.max(...entries.map(({ at }) => at)) - T0;
            const records = sequenced(entries);
            for (let from = 0; from < records.length; from += 50) await store.apply(records.slice(from, from + 50));
            const views = await everything(store);
            assert.ok(views.length > 50);
            for (const [start, share] of [[0, 1] as [number, number], ...windows]) {
              // To whole minutes now and then, where edges are empty.
              const align = (ms: number) => (share > 0.5 ? Math.floor(ms / MINUTE) * MINUTE : Math.floor(ms));
              const from = align(T0 + start * length);
              const to = align(from + share * length) + 1;
              assert.deepEqual(await countedStats(store, from, to), naiveStats(views, from, to));
              assert.deepEqual(
                (await store.transactions.scores('1', from, to)).series,
                naiveScores(views, '1', from, to),
              );
            }
            await close();
          },
        ),
        { numRuns: runs },
      );
    },
  );
}

/** The same history over more time: hours for `stretch` in the thousands, days in the ten thousands; some records come late. */
function stretched(entries: JournalEntry[], stretch: number, seed: number): JournalEntry[] {
  return entries.map((entry, index) => {
    const late =
      (index * 7919 + seed) % 11 === 0 ? ((index * 104_729 + seed) % 3) * (stretch > 10_000 ? DAY : MINUTE) : 0;
    const at = Math.max(T0, T0 + Math.floor(((entry.at - T0) / 20) * stretch) - late);
    return { ...entry, at };
  });
}

export async function everything({ transactions }: Bench['store']): Promise<TransactionView[]> {
  const views: TransactionView[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await transactions.list({}, { limit: 200, cursor });
    views.push(...page.data);
    cursor = page.nextCursor;
  }
  return views;
}
