import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pino from 'pino';
import { type EmbeddedPostgres, startEmbedded } from './adapters/embedded/postgres.ts';
import { openShadowRows } from './adapters/embedded/shadow-rows.ts';
import type { ProjectionSettings } from './adapters/postgres/projection.ts';
import { openStore } from './adapters/postgres/store.ts';
import { isLoopbackName } from './api/auth.ts';
import { assertListenable, buildServer } from './api/server.ts';
import type { Services } from './api/services.ts';
import { openBacktests } from './app/backtests.ts';
import type { Core, Overrides } from './app/core.ts';
import { openDrift } from './app/drift.ts';
import { openIntake } from './app/intake.ts';
import { openIso8583Map } from './app/iso8583-map.ts';
import { columnsDirectory, journalDirectory, openCore } from './app/local.ts';
import { openNarration } from './app/narration.ts';
import { openLog } from './app/open-log.ts';
import { openProjectionThread } from './app/projection-thread.ts';
import { openProofs } from './app/proof.ts';
import { openReplica } from './app/replica.ts';
import { openRetention, placesOf, type Retention } from './app/retention.ts';
import { demoOf, describeFeatures, loadCards, loadStateless } from './app/services.ts';
import { openTraFigures, type TraFigures } from './app/tra-figures.ts';
import { isTraced, tracedStore } from './app/tracing.ts';
import { openWebhooks } from './app/webhooks.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { createChallengers } from './engine/challengers.ts';
import type { EngineState } from './engine/fold.ts';
import { subjectOfView } from './engine/subject-of-view.ts';
import { createCaseDealing } from './projections/case-dealing.ts';
import { createCaseEscalation } from './projections/case-escalation.ts';
import { createCaseLabels } from './projections/case-labels.ts';
import { createCommands } from './projections/commands.ts';
import { createFeed } from './projections/feed.ts';
import { createProjector } from './projections/projector.ts';
import { createReviewExpiry } from './projections/review-expiry.ts';

export { openConvex } from './adapters/convex/target.ts';
export { removeEmbedded } from './adapters/embedded/postgres.ts';
export { backtestPorts, openBacktests } from './app/backtests.ts';
export type { Core, Overrides } from './app/core.ts';
export { openIntake } from './app/intake.ts';
export { openCore } from './app/local.ts';
export { createLog } from './app/log.ts';
export { openMirrorStore } from './app/mirror.ts';
export { openRates } from './app/rates.ts';
export { toldRecord } from './app/tell.ts';

/** How long decisions gather before a challenger is asked. */
const SHADOW_LINGER_MS = 40;

export interface App {
  services: Services;
  /** Where the journal is kept for a time only. */
  retention?: Retention | undefined;
  /** Where payments are advised of the exemption for low risk. */
  traFigures?: TraFigures;
  server: Awaited<ReturnType<typeof buildServer>>;
  state: EngineState;
  /** Listens and returns the address. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** Wires everything once. Listens to nothing until `listen`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? openLog(config);
  const token = `local_${randomBytes(24).toString('base64url')}`;
  // On one machine the core takes the data directory's lock, and the database starts under it.
  // What only a fleet needs, its clients of Kafka and Redis, is a third of what a start would read.
  const open = config.fleet ? (await import('./app/fleet.ts')).openFleetCore : openCore;
  const core = await open(config, { ...overrides, log }, token);
  let database: EmbeddedPostgres | undefined;
  try {
    database = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir, log });
    return await wire({ config, core, database, token, clock, log, narrator: overrides.narrator });
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
  narrator: Overrides['narrator'];
}

async function wire({ config, core, database, token, clock, log, narrator }: Wired): Promise<App> {
  const { journal, engine, keys, state } = core;
  const { outcomeOf } = core.policy;
  const projected: ProjectionSettings = {
    url: config.databaseUrl ?? database!.url,
    namespace: config.namespace,
    retentionDays: config.retentionDays,
    labelMaturityDays: config.labelMaturityDays,
    entityTypes: config.entityTypes,
    entityFields: config.entityFields,
    ipv6Prefix: config.ipv6Prefix,
  };
  // Spans cross no thread, nor does a clock that a test sets; and the log of a fleet is not in files of this machine.
  const isApart = config.threads > 1 && !core.fleet && !isTraced() && clock === Date.now;
  const folders = { directory: journalDirectory(config), columns: columnsDirectory(config) };
  const thread = isApart ? openProjectionThread({ settings: projected, ...folders, outcomeOf, log }) : undefined;
  if (thread) core.columns?.handOver();
  const opened = await openStore({
    ...projected,
    ...{ clock, log, outcomeOf },
    isAlone: database !== undefined,
    // One connection is that thread's.
    poolSize: config.databasePool - (thread ? 1 : 0),
    baseCurrency: config.baseCurrency,
  });
  const store = tracedStore(opened);
  const projector = await createProjector({
    journal,
    store,
    thread,
    log,
    readWaitMs: config.readWaitMs,
    rebuild: database && (() => opened.rebuild()),
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
  const ofView = (view: Record<string, unknown>) => subjectOfView(view, config);
  const caseLabels = createCaseLabels({ journal, projector, store, clock, log, subjectOfView: ofView });
  const commands = createCommands({ journal, projector, store });
  const reviews =
    config.reviewExpires &&
    createReviewExpiry({
      ...{ journal, commands, projector, store, clock, log, subjectOfView: ofView, ...config.reviewExpires },
    });
  const escalation =
    config.cases.sla && createCaseEscalation({ commands, projector, store, clock, log, sla: config.cases.sla });
  const dealing = createCaseDealing({ commands, projector, store, clock, log });
  const hidden = (id: string) => state.deleted.has(id);
  const narration = openNarration(config.llm, { journal, hidden, clock, log, ...(narrator ? { narrator } : {}) });
  const webhooks = openWebhooks(config, { journal, projector, store, hidden, outcomeOf, clock, log });
  const replica = await openReplica(config, { journal, projector, store, clock, log });
  const rules = openIntake(config, log);
  const backtests = openBacktests(config, core, clock, log);
  const drift = openDrift(config, core, clock, log);
  const readers = { core, projector, store, replica, challengers, backtests, drift };
  const { base } = core;
  const days = config.journalRetentionDays;
  const retention =
    base && days > 0
      ? openRetention({ journal, base, days, places: () => placesOf(journal, readers), clock, log })
      : undefined;
  const services: Services = {
    config,
    rules,
    iso8583: openIso8583Map(config),
    clock,
    startedAt: clock(),
    log,
    journal,
    engine,
    commands,
    store,
    projector,
    keys,
    answers: core.answers,
    caseLabels,
    webhooks,
    embedded: database,
    registry: core.registry,
    roster: core.roster,
    guard: core.guard,
    policy: core.policy,
    backtests,
    challengers,
    proofs: openProofs(config, core, clock, log),
    drift,
    narration,
    erasures: core.erasures,
    ...(core.mirror ? { mirror: core.mirror } : {}),
    ...(core.fleet ? { fleet: core.fleet } : {}),
    ...(replica ? { replica } : {}),
    cards: loadCards(config, log),
    stateless: loadStateless(config, log),
    feed: createFeed({
      journal,
      clock,
      hidden,
      // The feed tells a command once it is applied, and not if it was refused.
      outcome: async (sequence) => {
        const known = outcomeOf(sequence);
        if (known) return known;
        await projector.settled(sequence);
        return store.answer(sequence);
      },
    }),
    features: () => describeFeatures(core.champion),
  };
  if (config.demo ?? isLoopbackName(config.host)) services.demo = demoOf(clock, log, token, () => server);
  const server = await buildServer(services);
  await core.resume();
  caseLabels.repair();
  reviews?.start();
  escalation?.start();
  dealing.start();
  webhooks.start();
  const traFigures = core.sca && openTraFigures(services, core.sca);
  traFigures?.start();
  replica?.start();
  core.erasures.start({ projector, store, replica, mirror: core.mirror });
  const controlFile = join(config.dataDir, 'control.json');

  return {
    services,
    retention,
    ...(traFigures ? { traFigures } : {}),
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
      services.draining = true;
      rmSync(controlFile, { force: true });
      await services.demo?.stop();
      // Balancers see that it is not ready before it stops to listen.
      await sleep(config.drainDelayMs);
      await retention?.close();
      traFigures?.close();
      caseLabels.close();
      await reviews?.close();
      await escalation?.close();
      await dealing.close();
      await replica?.close();
      await core.erasures.close();
      await server.close();
      await webhooks.close();
      await backtests.close();
      await drift.close();
      await challengers.close();
      await narration.close();
      await projector.close();
      await thread?.close();
      await store.close();
      rules.rates.close();
      await core.close();
      await database?.stop();
    },
  };
}
