import { setImmediate as breathe } from 'node:timers/promises';
import { recent } from '../../domain/recent.ts';
import type { DecisionData, DriftData } from '../../domain/records.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import type { SeriesReport } from './compare.ts';
import { dailyScore, NOTICE_SIGMAS } from './daily.ts';
import { BLOCK_MS, BLOCKS_A_DAY, type Block, blockOf, createHistory, SEGMENT } from './history.ts';
import { type DriftReport, reportOf, SCORE } from './report.ts';

/** Watches what comes in and what is made of it, from the log, beside the path of decisions. */
export interface Drift {
  report(windowMs: number): DriftReport;
  /** Alarms and notices that the log has, the newest first. */
  alarms(from: number): DriftData[];
  /** Looks at the last hours, and once an hour at the last day; what is unlike before is recorded, once a day for each. */
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
/** Hours that are looked at every minute: the one that runs, and with some before it. */
const WINDOWS = [1, 2, 3, 6];
/** How long before its end a day is taken for over: drift is looked at once a minute. */
const NEARLY_MS = 60_000;
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
      for (const block of known.blocks) history.add(block);
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
    const now = clock();
    const found = new Map<string, DriftData>();
    const isNewHour = blockOf(now) !== looked;
    for (const blocks of isNewHour ? [...WINDOWS, BLOCKS_A_DAY] : WINDOWS) {
      await breathe();
      const report = reportOf(history, now, blocks);
      for (const one of [...report.features, ...report.others])
        if (one.state === 'drifted' && !found.has(one.name)) found.set(one.name, alarmOf(one, report, now));
      const { psi, state, today, mean } = report.score;
      if (state === 'drifted' && !found.has(SCORE))
        found.set(SCORE, {
          ...{ series: SCORE, level: 'alarm', at: now, since: report.window.from, psi },
          ...{ mean: { now: today, then: mean } },
        });
    }
    if (isNewHour) notice(found, now);
    for (const data of found.values()) await record(data);
    looked = blockOf(now);
    if (blockOf(now) !== lastSaved) await save();
  }

  /** Of the day that is over: one that runs has other hours than those before it. */
  function notice(found: Map<string, DriftData>, at: number): void {
    const over = Math.floor((at + NEARLY_MS) / DAY_MS) * DAY_MS - 1;
    const { meanShiftSigmas: sigmas, today, mean } = dailyScore(history, SCORE, over);
    if (sigmas === null || Math.abs(sigmas) <= NOTICE_SIGMAS) return;
    const since = over + 1 - DAY_MS;
    found.set('notice', { series: SCORE, level: 'notice', at, since, sigmas, mean: { now: today, then: mean } });
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
    report: (windowMs) => reportOf(history, clock(), Math.max(1, Math.round(windowMs / BLOCK_MS))),
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
