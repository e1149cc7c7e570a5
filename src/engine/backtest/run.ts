import type { Policy } from '../../domain/policy.ts';
import type { DecisionData, DeleteData } from '../../domain/records.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import type { Asked } from '../columns/chunk.ts';
import { type Columns, readPlain } from '../columns/columns.ts';
import type { Serving } from '../judge.ts';
import type { InForce } from '../policy/in-force.ts';
import {
  createRecomputingEvaluator,
  createStoredEvaluator,
  type Evaluator,
  type EvaluatorPorts,
  type Recomputed,
} from './evaluator.ts';
import { type BacktestResult, createSumming } from './result.ts';
import { createRows, type Rows } from './tally.ts';
import { createTruths, type Truths } from './truths.ts';

export type BacktestMode = 'stored' | 'recomputed';

/** A policy that is tried on the past. */
export interface Backtest {
  policy: Policy;
  inForce: InForce;
  /** Scores in the place of each decision's own. */
  other: Serving | undefined;
  /** Milliseconds, by the time of the record: from and up to it. */
  from: number;
  to: number;
  mode: BacktestMode;
  samples: number;
}

export interface BacktestPorts extends EvaluatorPorts {
  journal: Pick<Journal, 'read' | 'get' | 'durable'>;
  /** The same log by columns, where there are. */
  columns?: Pick<Columns, 'read'> | undefined;
  /** Epoch milliseconds: as of when labels are known. */
  clock: () => number;
  maturityDays: number;
  deleted: ReadonlySet<string>;
  /** Lets others have their turn; throws where it is called off. */
  pause: () => Promise<void> | undefined;
  onProgress: (share: number, mode: BacktestMode) => void;
}

export interface BacktestDone {
  mode: BacktestMode;
  result: BacktestResult;
}

/** Reads the log once, in its order: each decision as it would have been, then what became known of it. */
export async function runBacktest(ports: BacktestPorts, backtest: Backtest): Promise<BacktestDone> {
  const { mode } = backtest;
  const first = mode === 'stored' ? await pass(ports, backtest, mode) : await recompute(ports, backtest, 'all');
  if (first.whole) return finished(ports, backtest, first, mode);
  const { lacks } = first.evaluator;
  const recomputed = backtest.other ? 'all' : 'windows';
  const second = await recompute(ports, backtest, recomputed);
  const done = await finished(ports, backtest, second, 'recomputed');
  const scores = recomputed === 'all' ? '' : ' Scores are those of then.';
  done.result.notes.unshift(`Recomputed, since the records do not hold ${[...lacks].slice(0, 8).join(', ')}.${scores}`);
  return done;
}

/** Anew, with all that profiles keep, where the log has models that read more than today's. */
async function recompute(ports: BacktestPorts, backtest: Backtest, recomputed: Recomputed): Promise<Pass> {
  const lean = await pass(ports, backtest, 'recomputed', recomputed);
  return lean.whole ? lean : pass(ports, backtest, 'recomputed', recomputed, true);
}

interface Pass {
  whole: boolean;
  evaluator: Evaluator;
  rows: Rows;
  truths: Truths;
}

async function pass(
  ports: BacktestPorts,
  backtest: Backtest,
  mode: BacktestMode,
  recomputed: Recomputed = 'all',
  keepsAll = false,
): Promise<Pass> {
  const { journal, deleted } = ports;
  const { from, to } = backtest;
  const evaluator =
    mode === 'stored'
      ? createStoredEvaluator(ports, backtest)
      : createRecomputingEvaluator(ports, backtest, recomputed, keepsAll);
  const [rows, truths] = [createRows(), createTruths(ports.maturityDays)];
  const made: Pass = { whole: true, evaluator, rows, truths };
  // Profiles begin with the log; what was stored stands alone.
  const begin = mode === 'stored' ? await sequenceAt(journal, from) : 1;
  const end = journal.durable;
  const asked = askedBy(backtest.inForce, deleted, mode === 'recomputed' && recomputed === 'all');
  const past = ports.columns?.read(begin, end, asked) ?? readPlain(journal, begin, end);
  for await (const some of past)
    for (const one of some) {
      const { record } = one;
      const pausing = ports.pause();
      if (pausing) {
        await pausing;
        ports.onProgress((record.sequence - begin) / (end - begin + 1), mode);
      }
      if (record.type !== 'decision') {
        evaluator.learn(one);
        truths.tell(record);
        continue;
      }
      const isAsked = record.at >= from && record.at < to && !(deleted.size > 0 && deleted.has(idOf(record)));
      if (!isAsked) {
        evaluator.learn(one);
        continue;
      }
      const would = evaluator.decide(record, one.payment);
      if (!would) return { ...made, whole: false };
      if (truths.add(record, one.payment?.event.id) !== undefined) rows.add(record, would);
    }
  return made;
}

/** What is read of decisions beside what always is. */
export function askedBy(inForce: InForce, deleted: ReadonlySet<string>, readSet: boolean): Asked {
  const { rules } = inForce.program;
  const uses = rules.flatMap(({ expression }) => expression.uses.filter(({ kind }) => kind === 'field'));
  const fields = new Set(uses.map(({ name }) => name));
  // Looked at to leave out what was deleted.
  if (deleted.size > 0) fields.add('id');
  return { fields: [...fields], readSet };
}

const idOf = ({ data }: JournalRecord) => (data as unknown as DecisionData & DeleteData).transaction.id;

/** About the first record of a time or later: clocks go back a little, so it begins somewhat before. */
export async function sequenceAt(journal: Pick<Journal, 'get' | 'durable'>, time: number): Promise<number> {
  if (!(time > 0)) return 1;
  let [low, high] = [1, journal.durable + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const record = await journal.get(middle);
    if (!record || record.at < time - CLOCK_SLACK_MS) low = middle + 1;
    else high = middle;
  }
  return low;
}

const CLOCK_SLACK_MS = 60_000;
const ROWS_A_TURN = 500;

async function finished(
  ports: BacktestPorts,
  { policy, samples, inForce }: Backtest,
  { evaluator, rows, truths }: Pass,
  mode: BacktestMode,
): Promise<BacktestDone> {
  const now = ports.clock();
  const { byId } = inForce.program;
  const summing = createSumming(
    rows,
    (row) => truths.stateOf(row, now),
    [...byId.keys()],
    (id) => byId.get(id)?.rule.content.outcome,
  );
  while (!summing.done) {
    summing.next(ROWS_A_TURN);
    await ports.pause();
  }
  const { result, picked } = summing.result(samples);
  const shown = [];
  for (const { row, sample } of picked) {
    const record = await ports.journal.get(rows.sequence(row));
    if (!record) continue;
    const { id, amount, currency } = (record.data as unknown as DecisionData).transaction;
    shown.push({ id, ...sample, amount, currency });
  }
  const notes = notesOf(policy, inForce, evaluator, result.degraded.count);
  return { mode, result: { ...result, samples: shown, notes, approximate: [...evaluator.approximate] } };
}

export function notesOf(policy: Policy, { program }: InForce, evaluator: Evaluator, degraded: number): string[] {
  const notes: string[] = [];
  for (const { id, errors } of program.broken)
    notes.push(`Rule ${id} does not check and hits nothing: ${errors[0]?.message ?? ''}`);
  if (evaluator.gone > 0)
    notes.push(`${evaluator.gone} decisions were made by models that are gone: the thresholds of today's were taken.`);
  if (degraded > 0)
    notes.push(
      `${degraded} decisions were made degraded: without a model, or without all that is known of their entities.`,
    );
  for (const { rule, failures } of program.rules)
    if (failures > 0) notes.push(`Rule ${rule.id} failed ${failures} times: those are no hits.`);
  if (policy.control.share > 0)
    notes.push(
      'The control share is drawn as this policy would have had it, its limits counted from the first decision.',
    );
  return notes;
}
