import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import { createStoredEvaluator, type Evaluator, type EvaluatorPorts } from './evaluator.ts';
import type { RecentDecision } from './recent.ts';
import { createSumming } from './result.ts';
import { type Backtest, type BacktestDone, notesOf } from './run.ts';
import { createRows } from './tally.ts';
import { createTruths } from './truths.ts';

export interface PreviewPorts extends EvaluatorPorts {
  clock: () => number;
  maturityDays: number;
  deleted: ReadonlySet<string>;
  /** Today's, for windows that were not recorded; undefined where they are elsewhere. */
  profiles: Profiles | undefined;
  pause: () => Promise<void> | undefined;
}

const ROWS_A_TURN = 200;

/** The backtest's answer over decisions in memory, from what was stored with them. */
export async function preview(
  ports: PreviewPorts,
  backtest: Pick<Backtest, 'policy' | 'inForce' | 'samples'>,
  decisions: readonly RecentDecision[],
): Promise<BacktestDone> {
  const { policy, inForce, samples } = backtest;
  const { profiles, deleted } = ports;
  const evaluator = createStoredEvaluator(ports, { inForce, other: undefined }, profiles);
  const [rows, truths] = [createRows(), createTruths(ports.maturityDays)];
  const kept: JournalRecord[] = [];
  for (const { record, payment, told } of decisions) {
    const pausing = ports.pause();
    if (pausing) await pausing;
    if (deleted.has(transactionOf(record).id)) continue;
    const would = evaluator.decide(record, payment);
    if (!would || truths.add(record) === undefined) continue;
    rows.add(record, would);
    kept.push(record);
    for (const one of told ?? []) truths.tell(one);
  }
  const now = ports.clock();
  const { byId } = inForce.program;
  const outcomeOf = (id: string) => byId.get(id)?.rule.content.outcome;
  const summing = createSumming(rows, (row) => truths.stateOf(row, now), [...byId.keys()], outcomeOf);
  while (!summing.done) {
    summing.next(ROWS_A_TURN);
    await ports.pause();
  }
  const { result, picked } = summing.result(samples);
  const shown = picked.map(({ row, sample }) => {
    const { id, amount, currency } = transactionOf(kept[row]);
    return { id, ...sample, amount, currency };
  });
  const notes = notesOf(policy, inForce, evaluator, result.degraded.count);
  notes.push(...remarksOf(evaluator, profiles !== undefined));
  return { mode: 'stored', result: { ...result, samples: shown, notes, approximate: [...evaluator.approximate] } };
}

const transactionOf = ({ data }: JournalRecord) => (data as unknown as DecisionData).transaction;

function remarksOf({ approximate, lacks }: Evaluator, hasProfiles: boolean): string[] {
  if (approximate.size > 0)
    return [
      `Taken from today's profiles as of each payment, or past what is exactly known: ${[...approximate].join(', ')}.`,
    ];
  if (lacks.size > 0 && !hasProfiles)
    return [
      `Not recorded, and left out with their decisions: ${[...lacks].join(', ')}. A backtest says what they were.`,
    ];
  return [];
}
