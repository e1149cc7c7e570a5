/**
 * What would have changed declines and reviews of a generated stream, asked right after each was decided: how many are found of those
 * that an exhaustive grid of the same changes solves, how many fields change, and how long it takes.
 *
 *   node bench/counterfactuals.ts [questions] [seed]
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { entityTypesWith } from '../src/domain/entity.ts';
import type { Transaction } from '../src/domain/transaction.ts';
import { counterfactuals } from '../src/engine/counterfactual/counterfactuals.ts';
import { amountMove, type Earlier, KINDS, type Move, movesOf } from '../src/engine/counterfactual/moves.ts';
import type { Change } from '../src/engine/counterfactual/told.ts';
import { split } from '../src/engine/entry.ts';
import { entityKeys, eventOf } from '../src/engine/event.ts';
import { judge } from '../src/engine/judge.ts';
import { createReplay } from '../src/engine/replay.ts';
import { servingOf } from '../src/engine/serving.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { generate } from '../src/training/generator/generate.ts';
import { DOLLAR_RATES } from '../src/training/generator/places.ts';
import type { GeneratedTransaction } from '../src/training/generator/transaction.ts';

const questions = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 11);
const STREAM = { transactions: 120_000, seed, users: 3_000, days: 90 };
const WARM = 20_000;
const MOST_EARLIER = 20;
const STRICTNESS = { approve: 0, review: 1, decline: 2 };

const entityTypes = entityTypesWith();
const naming = { entityTypes, entityFields: {} };
const serving = servingOf(loadArtifact(join(import.meta.dirname, '..', 'models', 'transactions')), entityTypes, 'USD');
const profiles = createProfiles({ entityTypes });
const replay = createReplay(profiles);
const approved = new Map<string, Transaction[]>();
const took: number[] = [];
const fields: number[] = [];
/** Promises that did not hold, or were others once the payment had been learnt. */
let broken = 0;
let [found, solvedByGrid, asked, row] = [0, 0, 0, 0];
const vector = new Float64Array(serving.features.names.length);
const scratch = new Float64Array(vector.length);

/** Decided over the profiles before it was learnt: the oracle of what is promised. */
function outcomeOf(transaction: Transaction) {
  serving.features.extract(profiles, eventOf(transaction, entityKeys(transaction, naming)), vector);
  return judge(serving, vector, scratch).decision;
}

function* grid(moves: readonly Move[], kinds: readonly string[] = KINDS): Generator<Move[]> {
  const [kind, ...rest] = kinds;
  if (kind === undefined) return yield [];
  for (const others of grid(moves, rest)) {
    yield others;
    for (const move of moves) if (move.kind === kind) yield [move, ...others];
  }
}

for (const generated of generate(STREAM)) {
  if (asked >= questions) break;
  const transaction = transactionOf(generated);
  const event = eventOf(transaction, entityKeys(transaction, naming));
  replay.advance(event.time);
  serving.features.extract(profiles, event, vector);
  const own = vector.slice();
  const decision = judge(serving, own, scratch);
  const past = approved.get(transaction.userId) ?? [];
  const isAsked = ++row > WARM && decision.decision !== 'approve';
  let gridSolves: Move[] | undefined;
  if (isAsked)
    for (const set of grid(movesOf(transaction, past))) {
      const changed = Object.assign({ ...transaction }, ...set.map((move) => move.set));
      if (STRICTNESS[outcomeOf(changed)] < STRICTNESS[decision.decision]) {
        gridSolves = set;
        break;
      }
    }
  if (isAsked) {
    asked++;
    const { data, personal } = split({ transaction, bodyHash: '' }, event.entities, entityTypes);
    const record = {
      ...{ type: 'decision', at: event.time, key: '', sequence: row, version: 1, personal, vector: own },
      data: { ...data, decision, latencyMs: 0, readSet: [] },
    } as unknown as JournalRecord;
    const ask = () => counterfactuals({ naming, servingOf: () => serving }, record, past as Earlier[], () => profiles);
    const before = await ask();
    for (const { changes, decision } of before.counterfactuals)
      if (outcomeOf(applied(transaction, changes)) !== decision) broken++;
    replay.learn(event, generated.isFraud, generated.labelledAt ?? Number.NaN);
    const began = performance.now();
    const told = await ask();
    took.push(performance.now() - began);
    if (!isDeepStrictEqual(told, before)) broken++;
    if (gridSolves) solvedByGrid++;
    if (told.counterfactuals.length > 0) {
      found++;
      fields.push(told.counterfactuals[0].changes.length);
    }
    continue;
  }
  replay.learn(event, generated.isFraud, generated.labelledAt ?? Number.NaN);
  if (decision.decision === 'approve') {
    past.unshift(transaction);
    past.length = Math.min(past.length, MOST_EARLIER);
    approved.set(transaction.userId, past);
  }
}

function applied(transaction: Transaction, changes: readonly Change[]): Transaction {
  const changed: Record<string, unknown> = { ...transaction };
  for (const { field, to } of changes)
    if (field === 'transactionDate') changed.time = Date.parse(to as string);
    else if (field === 'amount') Object.assign(changed, amountMove(transaction, to as number).set);
    else changed[field] = to ?? undefined;
  return changed as unknown as Transaction;
}

function transactionOf(row: GeneratedTransaction): Transaction {
  const { isFraud: _isFraud, fraudKind: _kind, labelledAt: _labelledAt, life: _life, ...rest } = row;
  const amount = row.amount ?? null;
  const currency = row.currency ?? 'USD';
  const rate = (DOLLAR_RATES as Record<string, number>)[currency] ?? 1;
  return {
    ...(rest as typeof rest & Pick<Transaction, 'initiator'>),
    ...{ currency, amount, amountMinor: amount === null ? null : Math.round(amount * 100) },
    ...{ amountBase: amount === null ? null : amount * rate, baseRate: amount === null ? null : rate },
    ...{ dated: true, receivedAt: row.time, warnings: [] },
  };
}

const quantile = (values: number[], q: number) => [...values].sort((a, b) => a - b)[Math.floor(values.length * q)] ?? 0;
const round = (value: number) => Math.round(value * 100) / 100;
console.log(
  JSON.stringify(
    {
      ...{ asked, solvedByGrid, found, share: round(found / Math.max(1, solvedByGrid)), broken },
      fields: { median: quantile(fields, 0.5), most: Math.max(0, ...fields) },
      milliseconds: {
        p50: round(quantile(took, 0.5)),
        p95: round(quantile(took, 0.95)),
        most: round(Math.max(...took)),
      },
    },
    undefined,
    2,
  ),
);
