import { createHash } from 'node:crypto';
import type { LabelState } from '../domain/label-state.ts';
import type { DecisionData } from '../domain/records.ts';
import { createTruths } from '../engine/backtest/truths.ts';
import { eventOfRecord } from '../engine/event.ts';
import { type EngineState, fold } from '../engine/fold.ts';
import { compile } from '../features/compile.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { createProfiles } from '../profiles/memory.ts';
import { type Dataset, take } from '../training/dataset.ts';
import { createBuilder, timeOrder } from '../training/extract.ts';
import { blankRow } from '../training/history.ts';

const DAY_MS = 86_400_000;

export interface JournalOptions {
  definitions: readonly FeatureDefinition[];
  entityTypes: readonly string[];
  /** What users' profiles keep of one's own columns. */
  own: readonly string[];
  /** PROFILE_TTL_DAYS. */
  ttlDays?: number;
  /** Event times, milliseconds: rows in [from, to) become the dataset; all are learnt. */
  from?: number;
  to?: number;
  maturityDays: number;
  /** As of when truths are known, milliseconds. */
  now: number;
}

export interface JournalDataset {
  /** In time order. A payment of the control share weighs as many as it stands for. */
  dataset: Dataset;
  /** Decisions of the period by what is known of their truth. */
  truths: Record<LabelState, number>;
  /** Of these, decisions too young for their truth to be told apart, and frauds among them: not in the dataset. */
  young: number;
  youngFrauds: number;
  /** Payments of the control share in the dataset, and how many declined ones they stand for. */
  control: number;
  stands: number;
  /** Decisions read, of any period. */
  decisions: number;
  /** Hex SHA-256 of what was read, and of the truths as of now. */
  sha256: string;
}

/**
 * What was decided here, as rows to train on: each vector is of the profiles as the log had them then, by the same fold that
 * learns online. Confirmed and presumed truths count. A blocked payment is never one: nobody knows what it would have been; those that
 * the control share let through stand for them. Nor is one of the last `maturityDays`: of young ones only frauds are known, and
 * as rows they would make fraud look common.
 */
export async function journalDataset(
  read: (onRecord: (record: JournalRecord) => void) => Promise<void>,
  options: JournalOptions,
): Promise<JournalDataset> {
  const { definitions, entityTypes, own, from = -Infinity, to = Infinity, maturityDays, now } = options;
  const extractor = compile(definitions, { entityTypes });
  const profiles = createProfiles({ entityTypes, own, ttlDays: options.ttlDays });
  const state: EngineState = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const known = createTruths(maturityDays);
  const builder = createBuilder(extractor.names);
  const vector = new Float64Array(extractor.names.length);
  const row = blankRow(entityTypes);
  const [user, card] = ['user', 'card'].map((type) => entityTypes.indexOf(type));
  const rows: { known: number; id: string; share: number; time: number }[] = [];
  const words = new Map<number, string>();
  const hash = createHash('sha256');
  let decisions = 0;

  await read((record) => {
    hash.update(`${record.sequence} ${record.type} ${record.at} ${record.key}\n`);
    if (record.type === 'decision') {
      const place = known.add(record);
      if (place !== undefined) {
        decisions++;
        const { transaction, decision } = record.data as unknown as DecisionData;
        row.event = eventOfRecord(record, entityTypes);
        if (row.event.time >= from && row.event.time < to) {
          extractor.extract(profiles, row.event, vector);
          row.card = row.event.entities[card] || row.event.entities[user];
          builder.add(row, vector);
          for (const [code, word] of [
            [row.event.category, transaction.productCategory],
            [row.event.channel, transaction.channel],
            [row.event.country, transaction.country],
          ] as const)
            if (word !== undefined && words.size < MOST_WORDS) words.set(code, word);
          rows.push({
            ...{ known: place, id: transaction.id, time: row.event.time },
            share: decision.control?.share ?? 1,
          });
        }
      }
    } else known.tell(record);
    fold(state, record);
  });

  const all = builder.build(words);
  const truths: Record<LabelState, number> = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0 };
  const weights = new Float64Array(all.rows);
  const counted: number[] = [];
  let [young, youngFrauds, control, stands] = [0, 0, 0, 0];
  for (const [at, { known: place, id, share, time }] of rows.entries()) {
    const truth = known.stateOf(place, now);
    truths[truth]++;
    hash.update(truth);
    all.labels[at] = truth === 'fraud' ? 1 : 0;
    weights[at] = 1 / share;
    if (truth === 'immature' || truth === 'blocked' || state.deleted.has(id)) continue;
    if (time > now - maturityDays * DAY_MS) {
      young++;
      if (truth === 'fraud') youngFrauds++;
      continue;
    }
    counted.push(at);
    if (share >= 1) continue;
    control++;
    stands += 1 / share;
  }
  const kept = take(control > 0 ? { ...all, weights } : all, counted);
  const dataset = take(kept, timeOrder(kept));
  return { dataset, truths, young, youngFrauds, control, stands, decisions, sha256: hash.digest('hex') };
}

/** Different words that are remembered: more are no segments. */
const MOST_WORDS = 10_000;

/** In words, for people. */
export function journalTold(found: JournalDataset, maturityDays: number): string[] {
  const { truths, young, youngFrauds, control, stands, dataset, decisions } = found;
  const told = Object.entries(truths).map(([name, count]) => `${count} ${name}`);
  const lines = [
    `${decisions} decisions of the log; truth of those of the period: ${told.join(', ')}; ${dataset.rows} are rows, all were learnt as behaviour`,
  ];
  if (young > 0)
    lines.push(
      `${young} labelled payments of the last ${maturityDays} days (${youngFrauds} frauds) are no rows: among the young, frauds are known first (LABEL_MATURITY_DAYS)`,
    );
  if (control > 0)
    lines.push(
      `${control} payments of the control share stand for ${Math.round(stands)} that would have been declined: they weigh so much`,
    );
  else if (truths.blocked > 0)
    lines.push(
      'no payment of a control share stands for those that were blocked: what is like them is not learnt from this log',
    );
  return lines;
}
