import { openSnapshots } from '../../src/adapters/embedded/snapshots.ts';
import { CORE_ENTITIES } from '../../src/domain/entity.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { labelRank } from '../../src/domain/label.ts';
import { withoutPersonal } from '../../src/domain/personal.ts';
import { createRates } from '../../src/domain/rates.ts';
import { labelledEvent } from '../../src/domain/records.ts';
import { createEngine, type EnginePorts } from '../../src/engine/create.ts';
import type { Engine, Submission } from '../../src/engine/engine.ts';
import { type EngineState, fold, statePart } from '../../src/engine/fold.ts';
import type { Serving } from '../../src/engine/judge.ts';
import { learning } from '../../src/engine/learning.ts';
import { takeSubmission } from '../../src/intake/submission.ts';
import type { Journal, JournalRecord } from '../../src/journal/journal.ts';
import type { Files } from '../../src/journal/local/files.ts';
import { openJournal } from '../../src/journal/local/journal.ts';
import { createProfiles, type MemoryProfiles } from '../../src/profiles/memory.ts';
import { type Commands, createCommands } from '../../src/projections/commands.ts';
import { createFeed } from '../../src/projections/feed.ts';
import type { FeedEvent } from '../../src/projections/feed-events.ts';
import { silentLog } from '../../src/projections/log.ts';
import { createProjector, type Projector } from '../../src/projections/projector.ts';
import type { QueryStore } from '../../src/projections/store.ts';
import { createProcess, type Process } from './process.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

export const DIRECTORY = '/disk/journal';
const SNAPSHOTS = '/disk/snapshots';
export const SEGMENT_BYTES = 8 * 1024;
const SNAPSHOT_EVERY = 8;
const READ_WAIT_MS = 2_000;

/** Where a fault of our own code is put in: each wraps what would be there, and leaves it as it is by default. */
export interface Seams {
  files(files: Files): Files;
  /** The local journal, before anything learns from it. */
  journal(journal: Journal): Journal;
  learning: typeof learning;
  /** The same journal as all but the engine and the snapshots see it. */
  followed(journal: Journal): Journal;
  fold: typeof fold;
  /** Where the replay after a snapshot begins. */
  replayFrom(sequence: number): number;
  replayed(record: JournalRecord): JournalRecord | undefined;
  snapshotted(journal: Journal): Journal;
  store(store: QueryStore): QueryStore;
  projector(projector: Projector): Projector;
  serving(serving: Serving): Serving;
  submission(submission: Submission): Submission;
  ports(ports: EnginePorts): EnginePorts;
  told(events: FeedEvent[]): FeedEvent[];
}

const as = <T>(one: T) => one;
export const SOUND: Seams = {
  ...{ files: as, journal: as, learning, followed: as, fold, replayFrom: as, replayed: as, snapshotted: as },
  ...{ store: as, projector: as, serving: as, submission: as, ports: as, told: as },
};

export type Asked =
  | { kind: 'pay'; body: Record<string, unknown> & { id: string }; alias: string | undefined }
  | { kind: 'label'; id: string; label: 'fraud' | 'legitimate' | 'none'; command: string }
  | { kind: 'delete'; id: string; command: string }
  | { kind: 'erase'; id: string }
  | { kind: 'get'; id: string };

export interface Answered {
  status: number;
  /** By an owner that had been replaced: it does not know what came after. */
  isStale?: boolean;
  record?: JournalRecord;
  row?: Awaited<ReturnType<QueryStore['transactions']['get']>>;
}

export interface Server {
  process: Process;
  journal: Journal;
  profiles: MemoryProfiles;
  answer(asked: Asked): Promise<Answered>;
  settled(): Promise<void>;
  /** Removes what two snapshots and the database cover; what goes is shown to the world before. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

const rules = { rates: createRates('USD', {}), ratesMaxAgeDays: 7 };

/** One server on the disk of the world: what `app.ts` puts together, but for the doors, PostgreSQL and the model. */
export async function startServer(world: World, seams: Seams): Promise<Server> {
  const { time } = world;
  const process = createProcess(world.disk.files);
  const { state: disk } = world.disk;
  const files = seams.files(process.files);
  world.starting = process;
  const local = seams.journal(
    await openJournal({
      ...{ directory: DIRECTORY, segmentBytes: SEGMENT_BYTES, files, markAfterMs: 100 },
      ...{ reserveBytes: 32 * 1024, freeBytes: async () => (disk.isFull ? 0 : 1 << 30) },
      onFatal: process.kill,
      onWarning: () => {},
    }),
  );
  const profiles = createProfiles({ entityTypes: CORE_ENTITIES });
  const state: EngineState = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const journal = seams.learning(local, (record) => seams.fold(state, record));
  const parts = { engine: statePart(state) };
  const snapshots = openSnapshots({ directory: SNAPSHOTS, profiles, parts, log: silentLog, files });
  const from = await snapshots.restore(local.durable);
  const { begins = 1 } = local.status();
  if (from < begins - 1) throw new Violation(`durability: the log begins at ${begins}, and the snapshot is of ${from}`);
  for await (const record of local.read(seams.replayFrom(from + 1))) {
    const learnt = seams.replayed(record);
    if (learnt) seams.fold(state, learnt);
  }
  const stopSnapshots = snapshots.follow(seams.snapshotted(local), SNAPSHOT_EVERY);

  const followed = seams.followed(journal);
  const store = seams.store(world.database.store(process.gate));
  const projector = seams.projector(
    await createProjector({
      ...{ journal: followed, store, log: silentLog, readWaitMs: READ_WAIT_MS, batchSize: 20, bufferSize: 30 },
      ...(world.mayLoseData ? { rebuild: async () => world.rebuildDatabase() } : {}),
    }),
  );
  const feed = createFeed({ journal: followed, clock: time.now });
  feed.follow(0, {
    send(event) {
      for (const one of seams.told([event])) if (process.isAlive) world.told(one);
    },
    bufferedBytes: () => 0,
  });
  const commands = createCommands({ journal: followed, projector, store });
  let ids = 0;
  const serving = seams.serving(world.serving);
  const engine: Engine = createEngine(
    seams.ports({
      ...{ journal, profiles, state, deleted: state.deleted, naming: world.naming, clock: time.now },
      serving: () => serving,
      servingOf: () => serving,
      stopwatch: () => 0,
      newId: () => `n${local.last}-${ids++}`,
      defer: (task) => void process.gate(async () => task()).catch(() => {}),
      onError: () => {},
    }),
  );

  return {
    ...{ process, journal, profiles },
    answer: (asked) => answerOf(asked, { engine, journal, commands, projector, store, seams, clock: time.now }),
    settled: () => projector.settled(),
    async cut() {
      const through = Math.min(await snapshots.verified(), projector.applied);
      for await (const record of local.read(1)) {
        if (record.sequence > through) break;
        if (!world.archive.has(record.sequence)) world.archive.set(record.sequence, record);
      }
      await local.cut!({ beforeAt: Number.POSITIVE_INFINITY, through });
    },
    async close() {
      await stopSnapshots();
      await projector.close();
      feed.close();
      await local.close();
    },
  };
}

interface Doors {
  engine: Engine;
  journal: Journal;
  commands: Commands;
  projector: Projector;
  store: QueryStore;
  seams: Seams;
  clock: () => number;
}

/** As the routes do. */
async function answerOf(asked: Asked, doors: Doors): Promise<Answered> {
  try {
    return await answer(asked, doors);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { status: STATUS[error.code] ?? 500 };
  }
}

const STATUS: Record<string, number> = {
  gone: 410,
  conflict: 409,
  idempotency_conflict: 409,
  not_found: 404,
  unavailable: 503,
};

async function answer(asked: Asked, { engine, journal, commands, projector, store, seams, clock }: Doors) {
  if (asked.kind === 'pay') {
    const taken = takeSubmission(asked.body, { id: asked.body.id, receivedAt: clock() }, rules);
    const alias = asked.alias === undefined ? {} : { alias: asked.alias };
    const { record } = await engine.decide(seams.submission({ ...taken, ...alias }));
    return { status: 201, record };
  }
  if (asked.kind === 'get') {
    await projector.settled();
    const row = await store.transactions.get(asked.id);
    return row ? { status: 200, row } : { status: 404 };
  }
  const subject = await journal.find(`t:${asked.id}`);
  if (!subject) return { status: 404 };
  if (asked.kind === 'erase') {
    await journal.overwrite!(subject.sequence, withoutPersonal);
    return { status: 200, record: subject };
  }
  const said =
    asked.kind === 'label'
      ? { label: asked.label, source: 'analyst', rank: labelRank('analyst'), event: labelledEvent(subject) }
      : {};
  const { record, answer: told } = await commands.submit({
    ...{ type: asked.kind, at: clock(), key: `c:${asked.command}` },
    data: { transactionId: asked.id, labelId: asked.command, ...said },
  });
  return { status: told.status, record };
}
