/**
 * What rules cost a decision: evaluation alone, beside closures written by hand, in one run.
 *
 *   node bench/rules.ts [--payments 20000] [--rounds 15]
 *
 * 200 and 2,000 live rules with velocity calls over 40 distinct windows, of which about one in 1,000 evaluations hits; then rules that try to be slow, at
 * the limits of the check; then a list of a million entries. Figures are medians over the rounds.
 */
import { parseArgs } from 'node:util';
import type { RuleVersion } from '../src/domain/policy.ts';
import { evaluateRules } from '../src/policy/evaluate.ts';
import { compileExpression } from '../src/policy/expression/compile.ts';
import type { Facts } from '../src/policy/expression/facts.ts';
import { createList } from '../src/policy/lists/list.ts';
import { compileRules } from '../src/policy/program.ts';
import { createRandom } from '../test/support/expressions.ts';
import { factsOf, rulesEnvironment } from '../test/support/facts.ts';

const { values } = parseArgs({
  options: { payments: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '15' } },
});
const PAYMENTS = Number(values.payments);
const ROUNDS = Number(values.rounds);
const random = createRandom(1);

const WINDOWS = ['user', 'card', 'device', 'ip'].flatMap((entity) =>
  ['10m', '1h', '6h', '24h', '7d'].flatMap((window) => [
    `count("${entity}", "${window}")`,
    `sum("${entity}", "${window}")`,
  ]),
);
const COUNTRIES = ['US', 'DE', 'FR', 'GB', 'BR'];

function ruleOf(i: number): RuleVersion {
  const window = WINDOWS[i % WINDOWS.length];
  const other = WINDOWS[(i * 7 + 3) % WINDOWS.length];
  const limit = window.startsWith('count') ? 30 : 3000;
  const when = `${window} >= ${limit} && ${other} > ${i % 9} && tx.amountBase < ${20 + (i % 50)} && tx.country != "${COUNTRIES[i % 5]}" && !inList("blocked_cards", tx.cardId)`;
  return {
    ...{ id: `r${i}`, version: 1, at: 0, createdAt: 0, by: null, createdBy: null },
    content: {
      ...{
        name: `r${i}`,
        when,
        outcome: 'review',
        mode: 'live',
        priority: 0,
        reason: '',
        rollout: null,
        suppress: null,
      },
      ...{ hard: false, actions: [], validFrom: null, validTo: null, tags: [] },
    },
  };
}

function payments(requests: number): Facts[] {
  return Array.from({ length: 512 }, () =>
    factsOf({
      tx: {
        amountBase: random() * 200,
        country: COUNTRIES[Math.floor(random() * 5)],
        cardId: `c_${Math.floor(random() * 1e6)}`,
      },
      values: Float64Array.from({ length: requests }, () =>
        random() < 0.1 ? Number.NaN : Math.floor(31 * random() ** 3),
      ),
      inList: () => false,
    }),
  );
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1];

/** Microseconds of this process's processor time a call, the median of the rounds: others may be at work beside it. */
function time(calls: number, run: (i: number) => unknown): number {
  let sink = 0;
  const round = () => {
    const begin = process.cpuUsage();
    for (let i = 0; i < calls; i++) sink += run(i) ? 1 : 0;
    return process.cpuUsage(begin).user / calls;
  };
  round();
  const times = Array.from({ length: ROUNDS }, round);
  if (sink < 0) console.log(sink);
  return median(times);
}

for (const count of [200, 2000]) {
  const program = compileRules(
    Array.from({ length: count }, (_, i) => ruleOf(i)),
    rulesEnvironment,
  );
  const facts = payments(program.requests.length);
  let hits = 0;
  const micros = time(Math.ceil(PAYMENTS / (count / 200)), (i) => {
    const found = evaluateRules(program, facts[i & 511]);
    hits += found.length;
    return found.length > 0;
  });
  const closures = Array.from({ length: count }, (_, i) =>
    closureOf(
      i,
      program.requests.map((one) => one.name),
    ),
  );
  const byHand = time(Math.ceil(PAYMENTS / (count / 200)), (i) => {
    let found = 0;
    for (let k = 0; k < closures.length; k++) if (closures[k](facts[i & 511])) found++;
    return found > 0;
  });
  const share = hits / (count * Math.ceil(PAYMENTS / (count / 200)) * (ROUNDS + 1));
  console.log(
    `${count} rules over ${program.requests.length} windows: ${micros.toFixed(2)} µs a payment, ${((micros * 1000) / count).toFixed(0)} ns a rule; by hand ${byHand.toFixed(2)} µs; ${(micros / byHand).toFixed(2)}×; ${(100 * share).toFixed(2)} % hit`,
  );
}

/** The same rule as TypeScript would have it, without three values. */
function closureOf(i: number, names: string[]): (facts: Facts) => boolean {
  const slotOf = (call: string) => {
    const seconds: Record<string, number> = { '10m': 600, '1h': 3600, '6h': 21_600, '24h': 86_400, '7d': 604_800 };
    return names.indexOf(
      call.replace(/(\w+)\("(\w+)", "(\w+)"\)/, (_, name, entity, window) => `${name}(${entity},${seconds[window]}s)`),
    );
  };
  const [a, b] = [slotOf(WINDOWS[i % WINDOWS.length]), slotOf(WINDOWS[(i * 7 + 3) % WINDOWS.length])];
  const limit = WINDOWS[i % WINDOWS.length].startsWith('count') ? 30 : 3000;
  const [more, amount, country] = [i % 9, 20 + (i % 50), COUNTRIES[i % 5]];
  return ({ values, tx, inList, recordedAt }) =>
    values[a] >= limit &&
    values[b] > more &&
    (tx.amountBase as number) < amount &&
    tx.country !== country &&
    !inList('blocked_cards', tx.cardId as string, recordedAt);
}

const long = 'a'.repeat(320);
const hundred = Array.from({ length: 100 }, (_, i) => i);
const SLOW: [string, Record<string, unknown>][] = [
  ['tx.metadata.t.matches("(a*)*b")', { t: long }],
  ['tx.metadata.t.matches("(?:a?){60}a{60}c")', { t: long }],
  ['tx.metadata.t.matches("(?:(?:a|b|ab){1,30}c?){1,20}d")', { t: long }],
  ['tx.metadata.t.matches("[a-z]*[a-q]*[a-p]*[a-o]*x")', { t: long }],
  ['tx.metadata.t.matches("^(?:.?.?.?.?.?.?.?.?.?){10}$")', { t: 'é'.repeat(320) }],
  ['tx.metadata.list.exists(x, x * 2 + 1 == -1)', { list: hundred }],
  ['tx.metadata.list.all(x, [1, 2, 3, 4, 5, 6, 7, 8].all(y, x + y > -1))', { list: hundred }],
  ['tx.metadata.list.exists(x, tx.metadata.list.exists(y, x == y))', { list: hundred }],
  ['-1 in tx.metadata.list', { list: Array.from({ length: 1000 }, (_, i) => i) }],
  ['tx.metadata.t.lowerAscii().upperAscii().split("").exists(x, x == "b")', { t: long }],
  ['tx.metadata.t.indexOf("ab") > tx.metadata.t.lastIndexOf("ba")', { t: 'a'.repeat(4096) }],
];
console.log('\nrules that try to be slow, at the worst input:');
for (const [when, metadata] of SLOW) {
  const compiled = compileExpression(when, rulesEnvironment);
  if (!compiled.ok) {
    console.log(`  refused  ${when}: ${compiled.errors[0].message}`);
    continue;
  }
  const facts = factsOf({ tx: { metadata } });
  const { evaluate, cost } = compiled.expression;
  const micros = time(200, () => evaluate(facts));
  console.log(`  ${micros.toFixed(1).padStart(7)} µs  cost ${cost}  ${when}`);
}

const SIZE = 1_000_000;
const forever = { expiresAt: null, note: '', by: 'k_1', at: 0 };
global.gc?.();
const before = process.memoryUsage();
const cards = createList('card');
for (let i = 0; i < SIZE; i++) cards.entries.put(`card_${(i * 2654435761) % 4294967296}_${i}`, forever);
global.gc?.();
const after = process.memoryUsage();
const used = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
const asked = Array.from({ length: 4096 }, (_, k) => {
  const i = Math.floor(random() * SIZE);
  return `card_${(i * 2654435761) % 4294967296}_${k % 2 === 0 ? i : SIZE}`;
});
const found = time(200_000, (i) => cards.has(asked[i & 4095], 1));
const set = new Set(Array.from({ length: SIZE }, (_, i) => `card_${(i * 2654435761) % 4294967296}_${i}`));
const bySet = time(200_000, (i) => set.has(asked[i & 4095]));
console.log(
  `\na list of ${SIZE} cards: ${(used / 1e6).toFixed(1)} MB, ${found.toFixed(3)} µs a look-up; a Set of them ${bySet.toFixed(3)} µs`,
);
const addresses = createList('ip');
for (let i = 0; i < SIZE; i++)
  addresses.entries.put(`${i >> 16}.${(i >> 8) & 255}.${i & 255}.0/${[24, 25, 26, 28][i & 3]}`, forever);
const ip = time(100_000, (i) => addresses.has(`${i & 15}.${(i >> 4) & 255}.${(i * 7) & 255}.9`, 1));
console.log(`a list of ${SIZE} blocks of addresses in 4 sizes: ${ip.toFixed(3)} µs a look-up`);
const bins = createList('bin');
for (let i = 0; i < 1000; i++) bins.entries.put(`${400_000 + i * 100}-${400_000 + i * 100 + 50}`, forever);
const bin = time(100_000, (i) => bins.has(String(45_000_000 + (i % 1_000_000)), 1));
console.log(`a list of 1,000 ranges of BINs: ${bin.toFixed(3)} µs a look-up`);
