import { SKIPS, type Skip } from '../adapters/kafka/framing/decoded.ts';
import { createFraming } from '../adapters/kafka/framing/framing.ts';
import { createRegistry } from '../adapters/kafka/framing/registry.ts';
import type { RawConsumer } from '../adapters/kafka/raw-consumer.ts';
import { openPaymentLookup } from '../adapters/postgres/payment-lookup.ts';
import { type RawAsk, readRaw } from '../api/raw.ts';
import { buildWorkerServer } from '../api/worker.ts';
import type { Config } from '../config.ts';
import { AssayError } from '../domain/errors.ts';
import { subjectOfView } from '../engine/subject-of-view.ts';
import type { Overrides } from './core.ts';
import { openFleetCore } from './fleet.ts';
import { openIntake } from './intake.ts';
import { openIso8583Map } from './iso8583-map.ts';
import { openLog } from './open-log.ts';
import { tell } from './tell.ts';

export interface Worker {
  /** Begins to take transactions, and listens for those who look after it. Returns the address. */
  start(): Promise<string>;
  /** Takes nothing more, finishes what is under way, commits and leaves. */
  close(): Promise<void>;
}

/** Nobody waits for an answer: rather later than without the profiles. */
const PATIENCE = 10;

/** A process that decides what comes by transactions.raw. */
export async function createWorker(config: Config, overrides: Overrides = {}): Promise<Worker> {
  if (!config.fleet)
    throw new Error('KAFKA_BROKERS: needed for a worker; on one machine assay serve decides by itself');
  const log = overrides.log ?? openLog(config);
  const rules = openIntake(config, log);
  const map = openIso8583Map(config);
  const patient = { ...config.fleet, redisDeadlineMs: PATIENCE * config.fleet.redisDeadlineMs };
  const core = await openFleetCore({ ...config, fleet: patient }, { ...overrides, log });
  const { journal, engine, roster, policy, fleet } = core;
  let consumer: RawConsumer | undefined;
  let draining = false;
  const { rawFormat: format, rawSnapshot: snapshot, schemaRegistryUrl } = config.fleet;
  const registry = schemaRegistryUrl === undefined ? undefined : createRegistry({ url: schemaRegistryUrl, log });
  const framing = createFraming({ format, snapshot, registry });
  const skipped = Object.fromEntries(SKIPS.map((kind) => [kind, 0])) as Record<Skip, number>;
  const server = buildWorkerServer({
    ...{ journal, engine, roster, policy, fleet, log },
    get draining() {
      return draining;
    },
    stats: () => consumer && { ...consumer.stats(), skipped, registry },
  });
  const payments = openPaymentLookup({ url: config.databaseUrl!, namespace: config.namespace, log });
  const ports = {
    ...{ journal, deleted: core.state.deleted, shown: payments.find },
    ofView: (view: Record<string, unknown>) => subjectOfView(view, config),
  };
  /** All that a message tells, in its order; what one of them is refused for the others are not kept from. */
  async function tellAll({ tellings, receipt: { id, receivedAt } }: Extract<RawAsk, { kind: 'tell' }>): Promise<void> {
    let refused: unknown;
    for (const [index, telling] of tellings.entries())
      try {
        const warnings = await tell(ports, telling, { key: `c:${id}${index > 0 ? `.${index}` : ''}`, at: receivedAt });
        if (warnings.length > 0)
          log.warn({ transactionId: telling.transactionId, warnings }, `a ${telling.kind} is recorded otherwise`);
      } catch (error) {
        if (!(error instanceof AssayError) || error.code === 'unavailable') throw error;
        refused ??= error;
      }
    if (refused) throw refused;
  }
  return {
    async start() {
      consumer = core.raw.consume({
        concurrency: config.fleet!.workerConcurrency,
        async handle(message) {
          const { headers, value } = message.record;
          const header = (name: string) => headers.findLast(([own]) => own?.toString() === name)?.[1] ?? undefined;
          const decoded = await framing.decode({ value, header });
          if ('skipped' in decoded) return void skipped[decoded.skipped]++;
          const asked = readRaw({ ...message, value: decoded.body }, rules, { format, map });
          if (asked.kind === 'nothing') return void skipped.other++;
          if (asked.kind === 'tell') return tellAll(asked);
          await engine.settle(asked.taken).catch((error) => {
            // A row that changed after its payment was decided.
            if (!decoded.isUpdate || !(error instanceof AssayError) || error.code !== 'conflict') throw error;
            skipped.update++;
          });
        },
        onDead: ({ partition, offset }, error) =>
          log.warn({ partition, offset, reason: (error as Error).message }, 'a message went to transactions.dead'),
        onAssigned: (partitions) => log.info({ partitions }, 'partitions of transactions.raw'),
      });
      return server.listen({ host: config.host, port: config.port });
    },
    async close() {
      draining = true;
      await consumer?.close();
      await server.close();
      await core.close();
      await payments.close();
      rules.rates.close();
    },
  };
}
