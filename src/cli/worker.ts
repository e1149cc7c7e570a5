import { Command } from 'commander';
import { closeOnSignal, environment, type ServingOptions } from './serving.ts';

export function workerCommand(): Command {
  return new Command('worker')
    .description('decides what comes by Kafka (KAFKA_BROKERS, REDIS_URL, DATABASE_URL)')
    .option('--host <host>', 'address of /health, /ready and /metrics (HOST)')
    .option('--port <port>', 'port of the same (PORT)')
    .option('--data-dir <folder>', 'where models are kept (ASSAY_DATA_DIR)')
    .option('--model <folder>', 'the model that decides until one is promoted (ASSAY_MODEL_DIR)')
    .option('--schema <file>', 'what columns of your own are, where the model does not say (ASSAY_SCHEMA)')
    .action(async (options: ServingOptions) => {
      const [{ createWorker }, { readConfig }, paths] = await Promise.all([
        import('../app/worker.ts'),
        import('../config.ts'),
        import('./paths.ts'),
      ]);
      const worker = await createWorker(readConfig(environment(options), { modelDir: paths.defaultModelDir }));
      closeOnSignal(() => worker.close());
      const url = await worker.start().catch(async (error) => {
        await worker.close();
        throw error;
      });
      console.log(`Assay's worker decides what comes by Kafka; its health is at ${url}/health`);
    });
}
