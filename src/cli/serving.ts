export interface ServingOptions {
  host?: string;
  port?: string;
  dataDir?: string;
  model?: string;
}

/** The environment, with what was given on the command line in its place. */
export function environment({ host, port, dataDir, model }: ServingOptions): NodeJS.ProcessEnv {
  const given = { HOST: host, PORT: port, ASSAY_DATA_DIR: dataDir, ASSAY_MODEL_DIR: model };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...process.env, ...Object.fromEntries(set) };
}

/** What hangs on is cut off. */
const LINGER_MS = 5_000;

/**
 * The first SIGINT or SIGTERM closes, once; with nothing left to do the process then ends, so that what waits for `beforeExit`, as an
 * SDK with its last spans, has its turn. With 1 where closing fails.
 */
export function closeOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    close().then(
      () => setTimeout(() => process.exit(0), LINGER_MS).unref(),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
