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

/** The first SIGINT or SIGTERM closes, once, and ends the process: with 1 where closing fails. */
export function closeOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    close().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
