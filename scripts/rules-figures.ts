/**
 * What the pack catches and hurts on generated payments, through the path of a decision, into docs/rules.md between its markers.
 *
 *   npm run rules:figures [-- --transactions 200000 --seed 2026 --print]
 *
 * The seed is one that no model was trained on and no threshold was chosen on.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRates } from '../src/app.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { PAYMENT_EVENT_TYPES, type PaymentEventType } from '../src/domain/payment-event.ts';
import { CONTROL_OFF, type RuleVersion, THRESHOLDS_OF_MODEL } from '../src/domain/policy.ts';
import { assess } from '../src/engine/assess.ts';
import { entityKeys, eventOf } from '../src/engine/event.ts';
import { environmentOf, inForceOf } from '../src/engine/policy/in-force.ts';
import { createReplay } from '../src/engine/replay.ts';
import { servingOf } from '../src/engine/serving.ts';
import { openRegistry } from '../src/models/registry.ts';
import { createList } from '../src/policy/lists/list.ts';
import { PACK, PACK_LISTS } from '../src/policy/pack.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { CSV_HEADER, toCsv } from '../src/training/generator/format.ts';
import { generate } from '../src/training/generator/generate.ts';
import { MAPS } from '../src/training/layouts.ts';
import { createRowReader } from '../src/training/rows.ts';

const DAY_MS = 86_400_000;
const DAYS = 180;
/** Habits take that to show: what is decided before is learnt and not counted. */
const SETTLING_DAYS = 30;
const MARKS = ['<!-- figures of the pack: npm run rules:figures -->', '<!-- end of figures -->'] as const;

const { values: options } = parseArgs({
  options: {
    transactions: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '2026' },
    print: { type: 'boolean', default: false },
  },
});
const transactions = Number(options.transactions);
const seed = Number(options.seed);

/** A payment that was counted. */
interface Seen {
  user: string;
  fraud: boolean;
  kind: string | undefined;
  amount: number;
  probability: number;
  flagged: boolean;
  hits: string[];
}

/** What became of a payment, as far as histories tell it. */
function eventsOf(row: object): readonly { type: PaymentEventType; at: number }[] {
  return (row as { events?: readonly { type: PaymentEventType; at: number }[] }).events ?? [];
}

function decideAll(): { seen: Seen[]; model: string } {
  const config = readConfig({}, { modelDir: defaultModelDir });
  const folder = mkdtempSync(join(tmpdir(), 'assay-rules-figures-'));
  const serving = servingOf(openRegistry(folder).admit(config.modelDir), config.entityTypes, config.baseCurrency);
  rmSync(folder, { recursive: true });
  const lists = new Map(PACK_LISTS.map(({ name, type }) => [name, createList(type)]));
  for (const { name, values } of PACK_LISTS)
    for (const value of values) lists.get(name)!.entries.put(value, { expiresAt: null, note: '', by: null, at: 0 });
  const rules = PACK.map(({ id, content }): RuleVersion => {
    const meta = { at: 0, createdAt: 0, by: null, createdBy: null };
    return { id, version: 1, content: { ...content, mode: 'shadow' }, ...meta };
  });
  const policy = { version: 1, thresholds: THRESHOLDS_OF_MODEL, control: CONTROL_OFF, rules, lists: [] };
  const inForce = inForceOf(
    { ...policy, updatedAt: 0, updatedBy: null },
    environmentOf(config.entityTypes),
    (name, value, at) => lists.get(name)?.has(value, at),
  );
  if (inForce.program.broken.length > 0)
    throw new Error(`These do not check: ${JSON.stringify(inForce.program.broken)}`);
  const profiles = createProfiles({ entityTypes: config.entityTypes });
  const replay = createReplay(profiles);
  const ports = { profiles, serving: () => serving, policy: () => inForce };
  const rates = openRates({ baseCurrency: config.baseCurrency, currencyRates: {}, ratesFile: undefined });
  const read = createRowReader(CSV_HEADER.trimEnd().split(','), MAPS.assay, { rates, ratesMaxAgeDays: 1 });
  const seen: Seen[] = [];
  let line = 1;
  let countFrom = Number.NaN;
  for (const row of generate({ transactions, seed, users: Math.ceil(transactions / 50), days: DAYS })) {
    const { transaction, fraud, labelledAt, ...told } = read(toCsv(row).trimEnd().split(','), ++line);
    const { time } = transaction;
    if (Number.isNaN(countFrom)) countFrom = time + SETTLING_DAYS * DAY_MS;
    replay.advance(time);
    const entities = entityKeys(transaction, config);
    const { decision } = assess(ports, transaction, entities, time);
    const event = eventOf(transaction, entities);
    replay.learn(event, fraud, labelledAt);
    for (const { type, at } of eventsOf(told)) replay.tell(event, PAYMENT_EVENT_TYPES.indexOf(type), at);
    // What is counted is money: payments, as far as they have an amount.
    if (time < countFrom || (transaction.type ?? 'payment') !== 'payment' || transaction.amountBase === null) continue;
    const { probability, rules: hits } = decision;
    seen.push({
      ...{ user: transaction.userId, fraud, kind: row.fraudKind, amount: transaction.amountBase, probability },
      ...{ flagged: decision.decision !== 'approve', hits: hits.map(({ id }) => id) },
    });
  }
  return { seen, model: serving.model.version };
}

const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
const money = (rows: Seen[]) => rows.reduce((sum, one) => sum + (one.fraud ? one.amount : 0), 0);
const goodUsers = (rows: Seen[]) => new Set(rows.filter((one) => !one.fraud).map((one) => one.user)).size;

function rows(seen: Seen[]): string[] {
  const kinds = Map.groupBy(
    seen.filter((one) => one.fraud),
    (one) => one.kind!,
  );
  return PACK.map(({ id, content }) => {
    const isHit = (one: Seen) => one.hits.includes(id);
    const hits = seen.filter(isHit);
    const caught = [...kinds]
      .map(([kind, all]) => ({ kind, all: all.length, hit: all.filter(isHit).length }))
      .filter(({ hit }) => hit > 0)
      .sort((a, b) => b.hit / b.all - a.hit / a.all)
      .map(({ kind, all, hit }) => `${kind} ${share(hit, all)}`);
    const precision = share(hits.filter((one) => one.fraud).length, hits.length);
    return `| ${[`\`${id}\``, content.outcome, hits.length, precision, caught.join(', '), goodUsers(hits)].join(' | ')} |`;
  });
}

/** Trees alone, at as many reviews as trees and rules have together. */
function beside(seen: Seen[], ids: string[], name: string): string {
  const both = seen.filter((one) => one.flagged || one.hits.some((id) => ids.includes(id)));
  const alone = seen.toSorted((a, b) => b.probability - a.probability).slice(0, both.length);
  const all = money(seen);
  const more = money(both) - money(alone);
  return (
    `| ${name} | ${both.length} | ${share(money(both), all)} | ${share(money(alone), all)} | ` +
    `${more > 0 ? 'more' : 'not more'}: ${Math.round(more)} | ${goodUsers(both)} | ${goodUsers(alone)} |`
  );
}

const { seen, model } = decideAll();
const frauds = seen.filter((one) => one.fraud);
const against = PACK.filter(({ content }) => content.outcome !== 'approve').map(({ id }) => id);
const text = [
  MARKS[0],
  '',
  `Of ${transactions} generated transactions of seed ${seed} (${DAYS} days, the first ${SETTLING_DAYS} learnt and not counted), decided in order`,
  `through the path of a decision with model ${model}, labels and outcomes told when they became known: ${seen.length} payments,`,
  `${frauds.length} of them fraud, ${goodUsers(seen)} honest customers. Lists of your own are empty here. Model and thresholds were not fitted to this seed.`,
  '',
  '| rule | outcome | hits | of these fraud | of each kind of fraud it hits | honest customers hit |',
  '| --- | --- | ---: | ---: | --- | ---: |',
  ...rows(seen),
  '',
  'Beside the trees: what trees and rules hold or refuse together, and what trees alone would at the same number of payments.',
  '',
  '| with the trees | payments | fraud’s money caught together | by trees alone | together catch | honest customers hit | by trees alone |',
  '| --- | ---: | ---: | ---: | --- | ---: | ---: |',
  beside(seen, against, 'the whole pack'),
  ...against.filter((id) => seen.some((one) => one.hits.includes(id))).map((id) => beside(seen, [id], `\`${id}\``)),
  '',
  MARKS[1],
].join('\n');

if (options.print) console.log(text);
else {
  const path = join(import.meta.dirname, '..', 'docs', 'rules.md');
  const document = readFileSync(path, 'utf8');
  const [from, to] = MARKS.map((mark) => document.indexOf(mark));
  if (from < 0 || to < from) throw new Error(`${path} has no place for figures: ${MARKS.join(' … ')}`);
  writeFileSync(path, document.slice(0, from) + text + document.slice(to + MARKS[1].length));
}
