/**
 * What a policy costs a decision in process: none, 200 and 2,000 live rules with velocity calls over 40 distinct windows, in one
 * run, in turns, so that a noisy machine is noisy for all.
 *
 *   node bench/policy.ts [--decisions 20000] [--rounds 5] [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readConfig } from '../src/config.ts';
import { CONTROL_OFF, type RuleContent, type RuleVersion, THRESHOLDS_OF_MODEL } from '../src/domain/policy.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { assess } from '../src/engine/assess.ts';
import { entityKeys, eventOf } from '../src/engine/event.ts';
import { environmentOf, type InForce, inForceOf } from '../src/engine/policy/in-force.ts';
import { servingOf } from '../src/engine/serving.ts';
import { openRegistry } from '../src/models/registry.ts';
import { createProfiles } from '../src/profiles/memory.ts';

const { values: options } = parseArgs({
  options: {
    decisions: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const decisions = Number(options.decisions);
const rounds = Number(options.rounds);
const START = Date.UTC(2026, 0, 1);

const config = readConfig({}, { modelDir: defaultModelDir });
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-policy-'));
const serving = servingOf(openRegistry(folder).admit(config.modelDir), config.entityTypes, config.baseCurrency);
rmSync(folder, { recursive: true });

/** 40 windows: four entities, ten lengths each, none of them the catalogue's. */
const ENTITIES = ['user', 'card', 'device', 'merchant'];
const LENGTHS = ['3m', '7m', '25m', '50m', '3h', '5h', '9h', '36h', '3d', '5d'];
const WINDOWS = ENTITIES.flatMap((entity) => LENGTHS.map((length) => [entity, length] as const));

function rule(i: number): RuleVersion {
  const [entity, length] = WINDOWS[i % WINDOWS.length];
  const call = [`count("${entity}", "${length}")`, `sum("${entity}", "${length}")`][(i >> 1) % 2];
  const when = `${call} > ${1000 + i}.0 && tx.amountBase < ${500 + i}.0 && (tx.country != "XX" || score > 50.0)`;
  const content: RuleContent = {
    name: `Rule ${i}`,
    when,
    outcome: 'review',
    mode: 'live',
    ...{ priority: 0, reason: '', rollout: null },
    ...{ suppress: null, hard: false, actions: [], validFrom: null, validTo: null, tags: [] },
  };
  const who = { at: START, createdAt: START, by: null, createdBy: null };
  return { id: `r${i}`, version: 1, content, ...who };
}

function policyOf(count: number): InForce {
  const rules = Array.from({ length: count }, (_, i) => rule(i));
  const meta = { version: 1, thresholds: THRESHOLDS_OF_MODEL, control: CONTROL_OFF, lists: [] };
  return inForceOf(
    { ...meta, rules, updatedAt: START, updatedBy: null },
    environmentOf(config.entityTypes),
    () => undefined,
  );
}

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

function payment(i: number): Transaction {
  const user = Math.floor(random() * 2_000);
  return {
    ...{
      id: `b${i}`,
      userId: `u${user}`,
      amount: Math.round(random() * 20_000) / 100,
      amountMinor: 0,
      currency: 'USD',
    },
    ...{
      amountBase: 0,
      baseRate: 1,
      time: START + i * 900,
      offsetMinutes: 0,
      dated: true,
      receivedAt: START + i * 900,
    },
    ...{ cardId: `c${user}-${Math.floor(random() * 2)}`, deviceId: `d${user >> 1}`, merchantId: `m${user % 200}` },
    ...{
      country: 'DE',
      channel: 'web',
      ip: `10.0.${user >> 8}.${user & 255}`,
      email: `u${user}@example.com`,
      warnings: [],
    },
  } as Transaction;
}

const profiles = createProfiles({ entityTypes: config.entityTypes });
const made = Array.from({ length: decisions * 2 }, (_, i) => {
  const one = payment(i);
  one.amountBase = one.amount;
  return { transaction: one, entities: entityKeys(one, config) };
});
// Profiles as a server of some hours has them.
for (const [i, { transaction, entities }] of made.slice(0, decisions).entries())
  profiles.learn(eventOf(transaction, entities), i + 1);

const SIZES = [0, 200, 2_000];
const policies = SIZES.map(policyOf);
const times = SIZES.map(() => new Float64Array(rounds * decisions));

function measure(which: number, round: number): void {
  const ports = { profiles, serving: () => serving, policy: () => policies[which] };
  const into = times[which];
  for (let i = 0; i < decisions; i++) {
    const { transaction, entities } = made[decisions + i];
    const began = performance.now();
    assess(ports, transaction, entities, transaction.time);
    into[round * decisions + i] = performance.now() - began;
  }
}

for (const which of SIZES.keys()) for (let i = 0; i < 2; i++) measure(which, 0);
for (let round = 0; round < rounds; round++)
  for (let turn = 0; turn < SIZES.length; turn++) measure((turn + round) % SIZES.length, round);

const figures = SIZES.map((rules, which) => {
  const sorted = times[which].toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 1_000;
  return { rules, windows: policies[which].definitions.length, p50Us: at(0.5), p99Us: at(0.99) };
});
const [none] = figures;
const shown = figures.map((one) => ({ ...one, p50: one.p50Us / none.p50Us, p99: one.p99Us / none.p99Us }));
if (options.json) console.log(JSON.stringify(shown));
else
  for (const { rules, windows, p50Us, p99Us, p50, p99 } of shown)
    console.log(
      `${String(rules).padStart(5)} rules, ${windows} windows: median ${p50Us.toFixed(1)} µs (${p50.toFixed(2)}×), ` +
        `p99 ${p99Us.toFixed(1)} µs (${p99.toFixed(2)}×)`,
    );
