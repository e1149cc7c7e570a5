import { Command } from 'commander';

export function serveCommand(): Command {
  return new Command('serve')
    .description('the server: HTTP API, live feed and page')
    .option('--host <host>', 'address to listen on (HOST)')
    .option('--port <port>', 'port to listen on (PORT)')
    .option('--data-dir <folder>', 'where the journal and the embedded database live (ASSAY_DATA_DIR)')
    .option('--model <folder>', 'the model that decides (ASSAY_MODEL_DIR)')
    .action(async (options: { host?: string; port?: string; dataDir?: string; model?: string }) => {
      const [{ createApp }, { readConfig }, { defaultModelDir }] = await Promise.all([
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
      const app = await createApp(readConfig({ ...process.env, ...set }, { modelDir: defaultModelDir }));
      let stopping = false;
      const stop = () => {
        if (stopping) return;
        stopping = true;
        app.close().then(
          () => process.exit(0),
          (error) => {
            console.error(error);
            process.exit(1);
          },
        );
      };
      process.on('SIGINT', stop);
      process.on('SIGTERM', stop);
      const url = await app.listen().catch(async (error) => {
        await app.close();
        throw error;
      });
      console.log(`Assay decides at ${url} (documentation: ${url}/docs)`);
    });
}
