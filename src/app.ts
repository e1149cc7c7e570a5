import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pino from 'pino';
import { startEmbedded } from './adapters/embedded/postgres.ts';
import { openSnapshots } from './adapters/embedded/snapshots.ts';
import { openStore } from './adapters/postgres/store.ts';
import { assertListenable, buildServer } from './api/server.ts';
import type { Services } from './api/services.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { newId } from './domain/id.ts';
import { createEngine } from './engine/create.ts';
import { type EngineState, fold } from './engine/fold.ts';
import type { Serving } from './engine/judge.ts';
import { learning } from './engine/learning.ts';
import type { JournalRecord } from './journal/journal.ts';
import { openJournal } from './journal/local/journal.ts';
import { createProfiles } from './profiles/memory.ts';
import { createCommands } from './projections/commands.ts';
import { createFeed } from './projections/feed.ts';
import { createKeys } from './projections/keys.ts';
import { createProjector } from './projections/projector.ts';
import { openModels } from './serving.ts';

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

/** Wires everything once. Listens to nothing until `listen`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? pino({ level: config.logLevel });
  mkdirSync(config.dataDir, { recursive: true });
  const token = `local_${randomBytes(24).toString('base64url')}`;

  const local = await openJournal({
    directory: join(config.dataDir, 'journal'),
    segmentBytes: config.journalSegmentBytes,
    ...(overrides.onFatal ? { onFatal: overrides.onFatal } : {}),
  });
  const embedded = config.databaseUrl ? undefined : startEmbedded({ dataDir: config.dataDir, log });
  embedded?.catch(() => {});

  const state: EngineState = { profiles: createProfiles({ entityTypes: config.entityTypes }), undecided: new Map() };
  const journal = learning(local, (record) => foldAll(record));
  const keys = createKeys({ journal, clock, bootstrap: config.apiKey, local: token });
  const foldAll = (record: JournalRecord) => {
    fold(state, record);
    keys.fold(record);
  };
  const snapshots = openSnapshots({ directory: join(config.dataDir, 'snapshots'), state, keys, log });
  const restored = await snapshots.restore();
  for await (const record of local.read(restored + 1)) foldAll(record);
  log.info({ sequence: local.durable, fromSnapshot: restored }, 'profiles are rebuilt');
  const stopSnapshots = snapshots.follow(local, config.snapshotEveryRecords);

  const models = openModels({ directory: config.modelDir, kept: join(config.dataDir, 'models'), config, log });
  const serving = () => (overrides.serving === undefined ? models.serving() : (overrides.serving ?? undefined));
  const engine = createEngine({
    journal,
    profiles: state.profiles,
    state,
    serving,
    servingOf: (version) => (serving()?.model.version === version ? serving() : models.servingOf(version)),
    naming: config,
    clock,
    stopwatch: () => performance.now(),
    newId: () => newId(clock()),
    defer: setImmediate,
    onError: (error, what) => log.error({ err: error }, what),
  });

  const database = await embedded;
  const store = await openStore({
    url: config.databaseUrl ?? database!.url,
    schema: config.namespace,
    entityTypes: config.entityTypes,
    log,
  });
  const projector = await createProjector({ journal, store, log, readWaitMs: config.readWaitMs });
  const services: Services = {
    config,
    clock,
    journal,
    engine,
    commands: createCommands({ journal, projector, store }),
    store,
    projector,
    keys,
    feed: createFeed({ journal, clock }),
    features: () => models.catalogue(),
  };
  const server = await buildServer(services);
  await engine.resume();
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
      await server.close();
      await projector.close();
      await stopSnapshots();
      await store.close();
      await journal.close();
      await database?.stop();
    },
  };
}
