import type { RawConsumer } from '../adapters/kafka/raw-consumer.ts';
import { readRaw } from '../api/raw.ts';
import { buildWorkerServer } from '../api/worker.ts';
import type { Config } from '../config.ts';
import type { Overrides } from './core.ts';
import { openFleetCore } from './fleet.ts';
import { openIntake } from './intake.ts';
import { createLog } from './log.ts';

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
  const log = overrides.log ?? createLog(config.logLevel);
  const rules = openIntake(config, log);
  const patient = { ...config.fleet, redisDeadlineMs: PATIENCE * config.fleet.redisDeadlineMs };
  const core = await openFleetCore({ ...config, fleet: patient }, { ...overrides, log });
  const { journal, engine, roster, fleet } = core;
  let consumer: RawConsumer | undefined;
  let draining = false;
  const server = buildWorkerServer({
    ...{ journal, engine, roster, fleet, log },
    get draining() {
      return draining;
    },
    stats: () => consumer?.stats(),
  });
  return {
    async start() {
      consumer = core.raw.consume({
        concurrency: config.fleet!.workerConcurrency,
        async handle(message) {
          await engine.settle(readRaw(message, rules));
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
      rules.rates.close();
    },
  };
}
