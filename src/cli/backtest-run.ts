import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { Compile } from 'typebox/compile';
import { backtestOf } from '../api/backtest-body.ts';
import { BacktestBody } from '../api/contract/backtests.ts';
import { backtestPorts, openCore } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { AssayError } from '../domain/errors.ts';
import { type BacktestJob, createBacktestJobs } from '../engine/backtest/jobs.ts';
import type { BacktestDone } from '../engine/backtest/run.ts';
import { createPause, type TurnPorts } from '../engine/backtest/turns.ts';
import { askServer, type Control, journalFolder, readControl } from './control.ts';
import { defaultModelDir } from './paths.ts';
import { createProgress } from './progress.ts';

export type BacktestShown = BacktestDone;

interface Asked {
  rules?: string;
  model?: string;
  from?: string;
  to?: string;
  recompute?: boolean;
}

/** Throws an Error that says why it cannot be done. */
export async function backtested(asked: Asked, options: { quiet: boolean; dataDir?: string }): Promise<BacktestShown> {
  const env = options.dataDir ? { ...process.env, ASSAY_DATA_DIR: options.dataDir } : process.env;
  const config = readConfig(env, { modelDir: defaultModelDir });
  const body = bodyOf(asked);
  const control = readControl(config.dataDir);
  const progress = createProgress('backtest', 1000, { quiet: options.quiet, unit: '‰' });
  const told = (share: number) => progress.update(Math.round(1000 * share));
  try {
    return control ? await overHttp(control, body, told) : await offline(config, body, told);
  } catch (error) {
    throw error instanceof AssayError && error.errors
      ? new Error(error.errors.map(({ path, message }) => `${path} ${message}`).join('; '))
      : error;
  } finally {
    progress.stop();
  }
}

function bodyOf({ rules, model, from, to, recompute }: Asked): Record<string, unknown> {
  const file = rules === undefined ? {} : (JSON.parse(readFileSync(rules, 'utf8')) as unknown);
  const body = Array.isArray(file) ? { rules: file } : (file as Record<string, unknown>);
  return {
    ...body,
    ...(model ? { model } : {}),
    ...(from ? { from: momentOf(from) } : {}),
    ...(to ? { to: momentOf(to) } : {}),
    ...(recompute ? { mode: 'recomputed' } : {}),
  };
}

/** A date is its first moment, UTC. */
const momentOf = (text: string) => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);

async function overHttp(
  control: Control,
  body: Record<string, unknown>,
  told: (share: number) => void,
): Promise<BacktestShown> {
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await askServer(control, path, init);
    const answer = (await response.json()) as { id: string; detail?: string } & Omit<BacktestJob, 'result'> & {
        result: BacktestDone['result'];
      };
    if (!response.ok) throw new Error(`The server answered ${response.status}: ${answer.detail}`);
    return answer;
  };
  const headers = { 'content-type': 'application/json' };
  const { id } = await ask('/api/backtests', { method: 'POST', headers, body: JSON.stringify(body) });
  for (;;) {
    const shown = await ask(`/api/backtests/${id}`);
    if (shown.status === 'done') return shown;
    if (shown.status !== 'running') throw new Error(shown.error ?? `The backtest was ${shown.status}.`);
    told(shown.progress);
    await sleep(200);
  }
}

const withPause = <T extends TurnPorts>(ports: T) => ({ ...ports, pause: createPause(ports) });

const schema = Compile(BacktestBody);

/** What profiles of today may take where everything is computed anew, by profiles of then: nobody asks for them. */
const TODAY_BYTES = 64 * 1024 * 1024;

/** The rest of them lies beside the journal, where the store for that, which is optional, is installed. */
function besides(config: Config, body: Record<string, unknown>): Config {
  if (body.mode !== 'recomputed' || config.profileMemory > 0) return config;
  try {
    createRequire(import.meta.url).resolve('lmdb');
    return { ...config, profileMemory: TODAY_BYTES };
  } catch {
    return config;
  }
}

/** The directory is opened as a server opens it: policy, lists and models come from its log. */
async function offline(
  config: Config,
  body: Record<string, unknown>,
  told: (share: number) => void,
): Promise<BacktestShown> {
  journalFolder(config);
  if (!schema.Check(body)) {
    const [first] = schema.Errors(body);
    throw new Error(`--rules: ${first.instancePath || '/'} ${first.message}`);
  }
  // What is printed is the answer alone.
  const core = await openCore(besides(config, body), { log: pino({ level: 'warn' }, pino.destination(2)) });
  try {
    const jobs = createBacktestJobs(withPause(backtestPorts(config, core, Date.now, () => {})));
    const { id } = await jobs.start(backtestOf({ ...core, config }, body, Date.now()));
    for (;;) {
      const job = jobs.get(id)!;
      if (job.status === 'done') return { mode: job.mode, result: job.result! };
      if (job.status === 'failed') throw new Error(job.error);
      told(job.progress);
      await sleep(50);
    }
  } finally {
    await core.close();
  }
}
