import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pino from 'pino';
import { type EmbeddedPostgres, startEmbedded } from './adapters/embedded/postgres.ts';
import { openShadowRows } from './adapters/embedded/shadow-rows.ts';
import { openSnapshots } from './adapters/embedded/snapshots.ts';
import { openStore } from './adapters/postgres/store.ts';
import { isLoopbackName } from './api/auth.ts';
import { assertListenable, buildServer } from './api/server.ts';
import type { CardService, Services, StatelessService } from './api/services.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { newId } from './domain/id.ts';
import { createCardScorer } from './engine/cards.ts';
import { createChallengers } from './engine/challengers.ts';
import { createEngine } from './engine/create.ts';
import { type EngineState, fold, statePart } from './engine/fold.ts';
import type { Serving } from './engine/judge.ts';
import { learning } from './engine/learning.ts';
import { type Configured, createRoster, type FoldedRoster } from './engine/roster.ts';
import { createStateless, STATELESS_KINDS } from './engine/stateless.ts';
import { warmUp } from './engine/warm-up.ts';
import type { Journal, JournalRecord } from './journal/journal.ts';
import { openJournal } from './journal/local/journal.ts';
import { loadArtifact } from './models/artifact.ts';
import { chooseModel } from './models/chosen.ts';
import { openRegistry, type Registry, reasonOf } from './models/registry.ts';
import { createProfiles } from './profiles/memory.ts';
import { createCaseLabels } from './projections/case-labels.ts';
import { createCommands } from './projections/commands.ts';
import { createFeed } from './projections/feed.ts';
import { createKeys, type FoldedKeys } from './projections/keys.ts';
import { createProjector } from './projections/projector.ts';
import { createDemo } from './training/demo.ts';

/** How long decisions gather before a challenger is asked. */
const SHADOW_LINGER_MS = 40;

export interface Overrides {
  clock?: Clock;
  log?: pino.Logger;
  /** Replaces the model from disk; null serves none. */
  serving?: Serving | null;
  /** Called where the log cannot go on; ends the process by default. */
  onFatal?: (error: unknown) => void;
}

export interface App {
  services: Services;
  server: Awaited<ReturnType<typeof buildServer>>;
  state: EngineState;
  /** Listens and returns the address. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** What decides: journal, profiles, model and engine, without HTTP or a database. */
export interface Core {
  journal: Journal;
  state: EngineState;
  engine: ReturnType<typeof createEngine>;
  keys: FoldedKeys;
  registry: Registry;
  roster: FoldedRoster;
  /** The model that decides; null where none does. */
  readonly champion: Serving | null;
  /** Takes a last snapshot and closes the journal. */
  close(): Promise<void>;
}

/** Opens the data directory: recovers the journal, rebuilds the profiles, loads the model. `token` is the CLI's key. */
export async function openCore(config: Config, overrides: Overrides = {}, token?: string): Promise<Core> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? pino({ level: config.logLevel });
  mkdirSync(config.dataDir, { recursive: true });
  const local = await openJournal({
    directory: join(config.dataDir, 'journal'),
    segmentBytes: config.journalSegmentBytes,
    ...(overrides.onFatal ? { onFatal: overrides.onFatal } : {}),
  });

  const profiles = createProfiles({ entityTypes: config.entityTypes });
  const state: EngineState = { profiles, undecided: new Map(), deleted: new Set() };
  const foldAll = (record: JournalRecord) => {
    fold(state, record);
    keys.fold(record);
    roster.fold(record);
  };
  const journal = learning(local, foldAll);
  const registry = openRegistry(join(config.dataDir, 'models'));
  const roster = createRoster({
    journal,
    registry,
    profiles,
    entityTypes: config.entityTypes,
    currency: config.baseCurrency,
    clock,
    log,
  });
  const keys = createKeys({ journal, clock, bootstrap: config.apiKey, local: token });
  const parts = { keys, engine: statePart(state), roster };
  const snapshots = openSnapshots({ directory: join(config.dataDir, 'snapshots'), profiles, parts, log });
  const restored = await snapshots.restore(local.durable);
  for await (const record of local.read(restored + 1)) foldAll(record);
  log.info({ sequence: local.durable, snapshot: restored }, 'profiles are rebuilt');
  const stopSnapshots = snapshots.follow(local, config.snapshotEveryRecords);

  roster.start(overrides.serving === undefined ? configured() : { serving: overrides.serving });
  /** Kept by its version whether it decides or not; it decides unless another one was promoted. */
  function configured(): Configured {
    try {
      return { model: registry.admit(config.modelDir) };
    } catch (error) {
      return { error };
    }
  }
  const engine = createEngine({
    journal,
    profiles,
    state,
    deleted: state.deleted,
    serving: () => roster.champion,
    servingOf: roster.servingOf,
    naming: config,
    clock,
    stopwatch: () => performance.now(),
    newId: () => newId(clock()),
    defer: setImmediate,
    onError: (error, what) => log.error({ err: error }, what),
  });
  if (roster.champion) warmUp(engine, clock(), () => performance.now());
  return {
    journal,
    state,
    engine,
    keys,
    registry,
    roster,
    get champion() {
      return roster.champion ?? null;
    },
    async close() {
      await stopSnapshots();
      await journal.close();
    },
  };
}

/** Wires everything once. Listens to nothing until `listen`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? pino({ level: config.logLevel });
  const token = `local_${randomBytes(24).toString('base64url')}`;
  // The core takes the data directory's lock; the database starts under it.
  const core = await openCore(config, { ...overrides, log }, token);
  let database: EmbeddedPostgres | undefined;
  try {
    database = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir, log });
    return await wire({ config, core, database, token, clock, log });
  } catch (error) {
    await database?.stop();
    await core.close();
    throw error;
  }
}

interface Wired {
  config: Config;
  core: Core;
  database: EmbeddedPostgres | undefined;
  token: string;
  clock: Clock;
  log: pino.Logger;
}

async function wire({ config, core, database, token, clock, log }: Wired): Promise<App> {
  const { journal, engine, keys, state } = core;
  const store = await openStore({
    url: config.databaseUrl ?? database!.url,
    schema: config.namespace,
    entityTypes: config.entityTypes,
    entityFields: config.entityFields,
    log,
  });
  const projector = await createProjector({
    journal,
    store,
    log,
    readWaitMs: config.readWaitMs,
    rebuild: database && (() => store.rebuild()),
  });
  const shadowFile = (version: string) => join(config.dataDir, 'shadow', `${version}.rows`);
  const challengers = createChallengers({
    journal,
    roster: core.roster,
    open: (version) => openShadowRows(shadowFile(version), log),
    isKept: (version) => /^[0-9a-f]{16}$/.test(version) && existsSync(shadowFile(version)),
    defer: setImmediate,
    linger: (task) => setTimeout(task, SHADOW_LINGER_MS).unref(),
    log,
  });
  const caseLabels = createCaseLabels({ journal, projector, store, clock, log });
  const services: Services = {
    config,
    clock,
    journal,
    engine,
    commands: createCommands({ journal, projector, store }),
    store,
    projector,
    keys,
    caseLabels,
    registry: core.registry,
    roster: core.roster,
    challengers,
    cards: loadCards(config, log),
    stateless: loadStateless(config, log),
    feed: createFeed({
      journal,
      clock,
      hidden: (id) => state.deleted.has(id),
      // The feed tells a command once it is applied, and not if it was refused.
      outcome: async (sequence) => {
        await projector.settled(sequence);
        return store.answer(sequence);
      },
    }),
    features: () => describeFeatures(core.champion),
  };
  if (config.demo ?? isLoopbackName(config.host)) services.demo = demoOf(clock, log, token, () => server);
  const server = await buildServer(services);
  await engine.resume();
  caseLabels.repair();
  const controlFile = join(config.dataDir, 'control.json');

  return {
    services,
    server,
    state,
    async listen() {
      assertListenable(config, keys);
      const url = await server.listen({ host: config.host, port: config.port });
      rmSync(controlFile, { force: true });
      writeFileSync(controlFile, JSON.stringify({ url, token, pid: process.pid }), { mode: 0o600 });
      return url;
    },
    async close() {
      rmSync(controlFile, { force: true });
      await services.demo?.stop();
      caseLabels.close();
      await server.close();
      await challengers.close();
      await projector.close();
      await store.close();
      await core.close();
      await database?.stop();
    },
  };
}

/** Without its model the card service answers 503, and everything else lives on. */
function loadCards(config: Config, log: pino.Logger): CardService {
  try {
    const { model, trainedAt } = chooseModel(config.cardModelPath, config.cardModelVersion);
    return { scorer: createCardScorer(model), trainedAt };
  } catch (error) {
    log.error({ err: error, path: config.cardModelPath }, 'no card model: /v1/fraud-score answers 503');
    return { problem: reasonOf(error) };
  }
}

function loadStateless(config: Config, log: pino.Logger): StatelessService {
  try {
    const models = STATELESS_KINDS.map((kind) => [kind, loadArtifact(join(config.statelessModelDir, kind))]);
    return { judge: createStateless(Object.fromEntries(models)) };
  } catch (error) {
    log.error({ err: error, path: config.statelessModelDir }, 'no stateless models: predict_fraud answers 503');
    return { problem: reasonOf(error) };
  }
}

/** Made-up payments take the way of all others: validation, limits, the journal. */
function demoOf(clock: Clock, log: pino.Logger, token: string, server: () => App['server']) {
  return createDemo({
    clock,
    seed: () => randomBytes(4).readUInt32LE(),
    onError: (error) => log.error({ err: error }, 'the stream of made-up payments failed'),
    async send(url, payload) {
      const headers = { host: 'localhost', 'x-api-key': token };
      return (await server().inject({ method: 'POST', url, payload, headers })).statusCode;
    },
  });
}

/** The features of a model for people: each with a sentence for its usual value. */
function describeFeatures(serving: Serving | null) {
  if (!serving) return [];
  const { model, features } = serving;
  return features.definitions.map((definition, i) => ({
    ...definition,
    description: features.describe(i, model.statistics[i].p50, model.statistics[i]),
  }));
}
