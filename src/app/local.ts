import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as breathe } from 'node:timers/promises';
import { openDiskAnswers } from '../adapters/embedded/answers.ts';
import { openChunkFiles } from '../adapters/embedded/chunk-files.ts';
import { openColdProfiles } from '../adapters/embedded/cold-profiles.ts';
import { openSnapshots } from '../adapters/embedded/snapshots.ts';
import type { Config } from '../config.ts';
import { newId } from '../domain/id.ts';
import { createColumns } from '../engine/columns/columns.ts';
import { COLUMNS_FAILED } from '../engine/columns/follower.ts';
import { createEngine } from '../engine/create.ts';
import { type EngineState, fold, statePart } from '../engine/fold.ts';
import { createGuard } from '../engine/guard/guard.ts';
import { learning } from '../engine/learning.ts';
import { createControlShare } from '../engine/policy/control-share.ts';
import { createPolicy } from '../engine/policy/policy.ts';
import { createSuppression } from '../engine/policy/suppression.ts';
import { createRoster } from '../engine/roster.ts';
import { createScaAdvisor } from '../engine/sca.ts';
import { warmUp } from '../engine/warm-up.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { makeFolder } from '../journal/local/folder.ts';
import { openJournal } from '../journal/local/journal.ts';
import { openRegistry } from '../models/registry.ts';
import { createProfiles } from '../profiles/memory.ts';
import { createErasures } from '../projections/erasures.ts';
import { createKeys } from '../projections/keys.ts';
import { type Core, configured, type Overrides } from './core.ts';
import { createLog } from './log.ts';
import { openMirror } from './mirror.ts';
import { tracedEngine, tracedJournal } from './tracing.ts';

/** Where the log of one machine lies. */
export const journalDirectory = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'journal');

/** Where backtests find it by columns. */
export const columnsDirectory = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'columns');

/** Opens the data directory: recovers the journal, rebuilds the profiles, loads the model. `token` is the CLI's key. */
export async function openCore(config: Config, overrides: Overrides = {}, token?: string): Promise<Core> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? createLog(config.logLevel);
  makeFolder(config.dataDir);
  const local = await openJournal({
    directory: journalDirectory(config),
    segmentBytes: config.journalSegmentBytes,
    format: config.journalFormat,
    reserveBytes: config.diskReserve,
    onWarning: (error) => log.warn({ err: error }, 'the journal warns'),
    scrubBytesPerSecond: config.journalScrubRate,
    onDamage: ({ segment, offset, what }) =>
      log.error({ segment, offset, what }, 'the journal is damaged on disk: docs/reliability.md says what to do'),
    ...(overrides.onFatal ? { onFatal: overrides.onFatal } : {}),
  });

  const answers = await openDiskAnswers(join(config.dataDir, 'answers'), clock);
  const cold = config.profileMemory > 0 ? openColdProfiles(join(config.dataDir, 'cold')) : undefined;
  const bound = cold && { bytes: config.profileMemory, cold };
  const ttlDays = config.profileTtlDays;
  const profiles = createProfiles({ entityTypes: config.entityTypes, own: config.ownHabits, ttlDays, bound });
  const state: EngineState = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const foldAll = (record: JournalRecord) => {
    fold(state, record);
    keys.fold(record);
    roster.fold(record);
    policy.fold(record);
    control.fold(record);
    suppression.fold(record);
    erasures.fold(record);
  };
  const journal = tracedJournal(learning(local, foldAll));
  const registry = openRegistry(join(config.dataDir, 'models'));
  const roster = createRoster({
    journal,
    registry,
    profiles,
    entityTypes: config.entityTypes,
    own: config.ownHabits,
    currency: config.baseCurrency,
    clock,
    log,
  });
  const keys = createKeys({ journal, clock, bootstrap: config.apiKey, local: token });
  const policy = createPolicy({
    ...{ journal, clock, entityTypes: config.entityTypes, stopwatch: () => performance.now() },
  });
  const control = createControlShare(policy.log.state, config.entityTypes);
  const erasures = createErasures({ journal, clock, log });
  const suppression = createSuppression(policy.log.state, config.entityTypes);
  const parts = {
    keys,
    engine: statePart(state, { days: ttlDays, mustDo: (local.status().begins ?? 1) > 1 }),
    roster,
    policy: policy.part,
    control,
    suppression,
    erasures: erasures.part,
  };
  const snapshots = openSnapshots({ directory: join(config.dataDir, 'snapshots'), profiles, parts, log });
  const restored = await snapshots.restore(local.durable);
  const { begins = 1 } = local.status();
  if (restored < begins - 1 && !config.journalWithoutBase) {
    await local.close();
    await answers.close();
    await cold?.close();
    throw new Error(withoutBase(join(config.dataDir, 'snapshots'), restored, begins));
  }
  for await (const record of local.read(restored + 1)) foldAll(record);
  log.info({ sequence: local.durable, snapshot: restored }, 'profiles are rebuilt');
  const chunks = openChunkFiles(columnsDirectory(config));
  const columns = createColumns({
    ...{ journal: local, files: chunks, entityTypes: config.entityTypes },
    breathe: () => breathe(),
    onError: (error) => log.warn({ err: error }, COLUMNS_FAILED),
  });
  const stopSnapshots = snapshots.follow(local, config.snapshotEveryRecords);

  const mirror = openMirror(config, { journal: local, clock, log });

  roster.start(overrides.serving === undefined ? configured(registry, config) : { serving: overrides.serving });
  const guard = createGuard({ journal, roster, clock, stopwatch: () => performance.now(), log });
  const sca = config.scaTra ? createScaAdvisor(config.entityTypes) : undefined;
  const engine = createEngine({
    sca,
    onModelFailed: guard.failed,
    journal,
    profiles,
    state,
    deleted: state.deleted,
    serving: roster.servingFor,
    servingOf: roster.servingOf,
    policy: policy.inForce,
    draw: control.draw,
    suppressed: suppression.isSuppressed,
    policyAt: policy.at,
    naming: config,
    cases: config.cases,
    clock,
    stopwatch: () => performance.now(),
    newId: () => newId(clock()),
    defer: overrides.defer ?? setImmediate,
    onError: (error, what) => log.error({ err: error }, what),
  });
  if (roster.champion) warmUp(engine, clock(), () => performance.now(), overrides.warmUpMs);
  return {
    journal,
    state,
    engine: tracedEngine(engine),
    resume: () => engine.resume(),
    keys,
    answers,
    columns,
    base: {
      verified: snapshots.verified,
      take: () => snapshots.take(journal),
      forget: (before) => chunks.removeBefore(before),
    },
    ...(mirror ? { mirror } : {}),
    ...(sca ? { sca } : {}),
    registry,
    roster,
    guard,
    policy,
    erasures,
    get champion() {
      return roster.champion ?? null;
    },
    async close() {
      guard.close();
      await columns.close();
      await stopSnapshots();
      await mirror?.close();
      await answers.close();
      await journal.close();
      await cold?.close();
    },
  };
}

function withoutBase(folder: string, restored: number, begins: number): string {
  const newest = restored === 0 ? 'none that can be used' : `one of record ${restored}`;
  return (
    `The journal begins at record ${begins}: what came before was removed (JOURNAL_RETENTION_DAYS), and profiles have it from a ` +
    `snapshot. ${folder} has ${newest}. Bring back the folder from a backup, undo what changed what is profiled ` +
    '(ASSAY_ENTITIES, ASSAY_SCHEMA), or set JOURNAL_WITHOUT_BASE=on to go on with profiles of what the journal still has.'
  );
}
