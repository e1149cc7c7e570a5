import { Presets, SingleBar } from 'cli-progress';

/** How far a long command is. `update` may be called as often as one likes. */
export interface Progress {
  update(done: number, note?: string): void;
  /** Changes the total, where it became known later. */
  total(total: number): void;
  stop(): void;
}

export interface ProgressOptions {
  /** What is counted, as `rows`. */
  unit?: string;
  /** Shows nothing: for `--json`, and for tests. */
  quiet?: boolean;
  stream?: NodeJS.WriteStream;
}

const SILENT: Progress = { update: () => {}, total: () => {}, stop: () => {} };

/** Redraws ten times a second at most, however often it is told. */
const REDRAWS_A_SECOND = 10;

/** A progress bar on standard error; silent where that is not a terminal, so that logs and pipes stay clean. */
export function createProgress(label: string, total: number, options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  if (options.quiet || !stream.isTTY) return SILENT;
  const unit = options.unit ?? '';
  const bar = new SingleBar(
    {
      stream,
      fps: REDRAWS_A_SECOND,
      hideCursor: true,
      etaBuffer: 50,
      format: `${label} {bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left {note}`,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note) => bar.update(done, note === undefined ? undefined : { note }),
    total: (value) => bar.setTotal(value),
    stop: () => bar.stop(),
  };
}
