import { recent } from '../../domain/recent.ts';
import type { DecisionData, DriftData } from '../../domain/records.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import { BLOCK_MS, BLOCKS_A_DAY, type Block, blockOf, createHistory, SEGMENT } from './history.ts';
import { type DriftReport, lastWholeBlock, NOTICE_SIGMAS, reportOf, SCORE, type SeriesReport } from './report.ts';

/** Watches what comes in and what is made of it, from the log, beside the path of decisions. */
export interface Drift {
  report(windowMs: number): DriftReport;
  /** Alarms and notices that the log has, the newest first. */
  alarms(from: number): DriftData[];
  /** Looks at the last quarter and the last day; what is unlike before is recorded, once a day for each. */
  check(): Promise<void>;
  /** Resolves once what was in the log at the start has been read. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** What is kept of the past beside the log, so that a start need not read six weeks of it. */
export interface DriftStore {
  /** Blocks and alarms, and up to which record they know the log. */
  load(): Promise<{ blocks: Block[]; alarms: DriftData[]; through: number }>;
  save(blocks: Iterable<Block>, alarms: readonly DriftData[], through: number): Promise<void>;
}

export interface DriftPorts {
  journal: Pick<Journal, 'read' | 'subscribe' | 'durable' | 'find' | 'enqueue'>;
  store: DriftStore;
  clock: () => number;
  /** The names of a model's features, in the order of its vectors; undefined where it is not known here. */
  featuresOf(version: string): readonly string[] | undefined;
  /** Lets others have their turn. */
  pause: () => Promise<void> | undefined;
  onError: (error: unknown) => void;
  everyMs?: number;
}

const CHECK_MS = 60_000;
const MOST_ALARMS = 500;
/** Records that are read back where nothing was saved. */
const READ_BACK = 300_000;
const DAY_MS = 86_400_000;

export function createDrift(ports: DriftPorts): Drift {
  const { journal, store, clock, featuresOf } = ports;
  const history = createHistory();
  const alarms: DriftData[] = [];
  let through = 0;
  let saved = 0;
  let catchingUp = true;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function take(record: JournalRecord): void {
    through = record.sequence;
    if (record.type === 'drift') {
      alarms.unshift(record.data as unknown as DriftData);
      alarms.length = Math.min(alarms.length, MOST_ALARMS);
    } else if (record.type === 'decision') takeDecision(record);
  }

  function takeDecision({ at, data, vector }: JournalRecord): void {
    const decided = data as unknown as DecisionData;
    history.take(at, valuesOf(decided));
    const { model } = decided.decision;
    const names = vector && model ? featuresOf(model.version) : undefined;
    if (names && names.length === vector!.length) history.takeVector(at, names, vector!);
  }

  const stop = journal.subscribe((record) => {
    if (!catchingUp) take(record);
  });

  async function catchUp(): Promise<void> {
    const known = await store.load();
    const isOurs = known.through <= journal.durable;
    if (isOurs) {
      for (const block of known.blocks) history.put(block);
      alarms.push(...known.alarms);
    }
    let position = Math.max(isOurs ? known.through : 0, journal.durable - READ_BACK, 0);
    while (position < journal.durable && !closed)
      for await (const record of journal.read(position + 1)) {
        if (closed) return;
        take(record);
        position = record.sequence;
        const pausing = ports.pause();
        if (pausing) await pausing;
      }
    through = saved = position;
    catchingUp = false;
  }

  const caughtUp = catchUp().catch((error) => {
    catchingUp = false;
    if (!closed) ports.onError(error);
  });

  async function record(data: DriftData): Promise<void> {
    const key = `q:${data.series}:${data.level}:${Math.floor(clock() / DAY_MS)}`;
    if (await journal.find(key)) return;
    await journal.enqueue({ type: 'drift', at: clock(), key, data: { ...data } }).durable;
  }

  async function check(): Promise<void> {
    await caughtUp;
    const found = new Map<string, DriftData>();
    const wholeUntil = (lastWholeBlock(clock()) + 1) * BLOCK_MS - 1;
    // Nothing that states rest on changes until the next quarter is over.
    for (const blocks of wholeUntil === looked ? [] : [1, BLOCKS_A_DAY]) {
      const report = reportOf(history, wholeUntil, blocks);
      for (const one of [...report.features, ...report.others])
        if (one.state === 'drifted' && !found.has(one.name)) found.set(one.name, alarmOf(one, report, clock()));
      const { psi, state, today, mean } = report.score;
      if (state === 'drifted')
        found.set(SCORE, {
          ...{ series: SCORE, level: 'alarm', at: clock(), since: report.window.from, psi },
          ...{ mean: { now: today, then: mean } },
        });
    }
    const { score } = reportOf(history, clock(), BLOCKS_A_DAY, []);
    const sigmas = score.meanShiftSigmas;
    if (sigmas !== null && Math.abs(sigmas) > NOTICE_SIGMAS)
      found.set('notice', {
        ...{ series: SCORE, level: 'notice', at: clock(), since: Math.floor(clock() / DAY_MS) * DAY_MS, sigmas },
        ...{ mean: { now: score.today, then: score.mean } },
      });
    for (const data of found.values()) await record(data);
    looked = wholeUntil;
    if (blockOf(clock()) !== lastSaved) await save();
  }

  let looked = 0;
  let lastSaved = blockOf(clock());
  async function save(): Promise<void> {
    if (catchingUp || through === saved) return;
    lastSaved = blockOf(clock());
    saved = through;
    await store.save(history.blocks(), alarms, through);
  }

  function again(): void {
    if (closed) return;
    timer = setTimeout(() => check().catch(ports.onError).then(again), ports.everyMs ?? CHECK_MS);
    timer.unref();
  }
  again();

  return {
    report: (windowMs) => reportOf(history, clock(), Math.max(1, Math.round(windowMs / (DAY_MS / BLOCKS_A_DAY)))),
    alarms: (from) => alarms.filter(({ at }) => at >= from),
    check,
    ready: () => caughtUp,
    async close() {
      closed = true;
      clearTimeout(timer);
      stop();
      await caughtUp;
      await save().catch(ports.onError);
    },
  };
}

function alarmOf(one: SeriesReport, { window }: DriftReport, at: number): DriftData {
  const { name, psi, distance, mean, missing, since = window.from } = one;
  return { series: name, level: 'alarm', at, since, psi, distance, mean, missing };
}

const SEGMENTED = ['country', 'channel', 'merchantId'] as const;
/** Names of what is looked at of a segment: few segments make up most payments. */
const given = Object.fromEntries(SEGMENTED.map((field) => [field, `#${field} given`]));
const scoreOf = Object.fromEntries(
  SEGMENTED.map((field) => [field, recent((value) => `${SEGMENT}${field}:${value}:score`)]),
);
const amountOf = Object.fromEntries(
  SEGMENTED.map((field) => [field, recent((value) => `${SEGMENT}${field}:${value}:amount`)]),
);

/** What is looked at of a decision beside its features: its score, its outcome, what was sent, and where it came from. */
function valuesOf({ transaction, decision }: DecisionData): [name: string, value: number][] {
  const values: [string, number][] = [
    [SCORE, decision.score],
    ['#flagged', decision.decision === 'approve' ? 0 : 1],
    ['#declined', decision.decision === 'decline' ? 1 : 0],
  ];
  for (const field of SEGMENTED) {
    const value = transaction[field];
    values.push([given[field], value === undefined ? 0 : 1]);
    if (value === undefined) continue;
    values.push(
      [scoreOf[field](value), decision.score],
      [amountOf[field](value), transaction.amountBase ?? Number.NaN],
    );
  }
  return values;
}
