export interface ServingOptions {
  host?: string;
  port?: string;
  dataDir?: string;
  model?: string;
  schema?: string;
}

/** The environment, with what was given on the command line in its place. */
export function environment({ host, port, dataDir, model, schema }: ServingOptions): NodeJS.ProcessEnv {
  const given = { HOST: host, PORT: port, ASSAY_DATA_DIR: dataDir, ASSAY_MODEL_DIR: model, ASSAY_SCHEMA: schema };
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
  closeWithNpm(stop);
}

const LOOK_EVERY_MS = 250;

/** A SIGTERM to npm ends npm and the shell between, and never reaches what they ran: that goes with its parent. */
function closeWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, LOOK_EVERY_MS).unref();
}
