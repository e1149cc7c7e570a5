import { Command } from 'commander';

interface WorkerOptions {
  host?: string;
  port?: string;
  dataDir?: string;
  model?: string;
}

export function workerCommand(): Command {
  return new Command('worker')
    .description('decides what comes by Kafka (KAFKA_BROKERS, REDIS_URL, DATABASE_URL)')
    .option('--host <host>', 'address of /health, /ready and /metrics (HOST)')
    .option('--port <port>', 'port of the same (PORT)')
    .option('--data-dir <folder>', 'where models are kept (ASSAY_DATA_DIR)')
    .option('--model <folder>', 'the model that decides until one is promoted (ASSAY_MODEL_DIR)')
    .action(async (options: WorkerOptions) => {
      const [{ createWorker }, { readConfig }, paths] = await Promise.all([
        import('../app.ts'),
        import('../config.ts'),
        import('./paths.ts'),
      ]);
      const given = {
        HOST: options.host,
        PORT: options.port,
        ASSAY_DATA_DIR: options.dataDir,
        ASSAY_MODEL_DIR: options.model,
      };
      const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const worker = await createWorker(readConfig({ ...process.env, ...set }, { modelDir: paths.defaultModelDir }));
      let stopping = false;
      const stop = () => {
        if (stopping) return;
        stopping = true;
        worker.close().then(
          () => process.exit(0),
          (error) => {
            console.error(error);
            process.exit(1);
          },
        );
      };
      process.on('SIGINT', stop);
      process.on('SIGTERM', stop);
      const url = await worker.start().catch(async (error) => {
        await worker.close();
        throw error;
      });
      console.log(`Assay's worker decides what comes by Kafka; its health is at ${url}/health`);
    });
}
