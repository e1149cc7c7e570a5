import { Command } from 'commander';
import { closeOnSignal, environment, type ServingOptions } from './serving.ts';

interface ServeOptions extends ServingOptions {
  buildDashboard?: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('the server: HTTP API, live feed and page')
    .option('--host <host>', 'address to listen on (HOST)')
    .option('--port <port>', 'port to listen on (PORT)')
    .option('--data-dir <folder>', 'where the journal and the embedded database live (ASSAY_DATA_DIR)')
    .option('--model <folder>', 'the model that decides (ASSAY_MODEL_DIR)')
    .option('--schema <file>', 'what columns of your own are, where the model does not say (ASSAY_SCHEMA)')
    .option('--build-dashboard', 'build the dashboard where it is not built; npm start does')
    .action(async (options: ServeOptions) => {
      const [{ createApp }, { readConfig }, paths] = await Promise.all([
        import('../app.ts'),
        import('../config.ts'),
        import('./paths.ts'),
      ]);
      const app = await createApp(
        readConfig(environment(options), { modelDir: paths.defaultModelDir, dashboardDir: paths.defaultDashboardDir }),
      );
      let building: { stop(): void } | string = 'not asked for';
      closeOnSignal(() => {
        if (typeof building === 'object') building.stop();
        return app.close();
      });
      const url = await app.listen().catch(async (error) => {
        await app.close();
        throw error;
      });
      console.log(`Assay decides at ${url} (documentation: ${url}/docs)`);
      // After it listens: what is not built yet is the plain page until then.
      if (options.buildDashboard || process.env.npm_lifecycle_event === 'start') {
        const { buildDashboard } = await import('./dashboard.ts');
        building = buildDashboard(paths.dashboardFolder, console.log);
      }
    });
}
