/**
 * A server as `assay serve` runs it, in a process of its own, whose deciding model is broken on demand: for bench/guard-http.ts alone. Told
 * over the channel of its parent what breaks; tells its address once it listens.
 */
import pino from 'pino';
import { createApp } from '../../src/app.ts';
import { defaultModelDir } from '../../src/cli/paths.ts';
import { readConfig } from '../../src/config.ts';
import type { Model } from '../../src/models/model.ts';

export type Fault = 'a broken feature' | 'one score for all' | 'ten times as slow' | 'no number';
const SLOW_MS = 2.2;

const config = readConfig({ ...process.env, PORT: '0' }, { modelDir: defaultModelDir });
const app = await createApp(config, { log: pino({ level: 'silent' }) });
process.send!({ url: await app.listen() });

process.on('message', (fault: Fault) => {
  const { champion } = app.services.roster;
  if (champion) breakModel(champion.model, fault);
  process.send!({ broken: fault });
});
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));

/** What a payment is decided by, and what the guard judges by, alike. */
function breakModel(model: Model, fault: Fault): void {
  const [score, explain] = [model.score.bind(model), model.explain.bind(model)];
  const strongest = strongestOf(model);
  const fed = (vector: Float64Array): Float64Array => {
    if (fault !== 'a broken feature') return vector;
    const copy = vector.slice();
    for (const i of strongest) copy[i] = 1e6;
    return copy;
  };
  const told = (value: number): number => {
    if (fault === 'no number') return Number.NaN;
    if (fault !== 'ten times as slow') return value;
    const until = performance.now() + SLOW_MS;
    while (performance.now() < until);
    return value;
  };
  model.score = (vector) => (fault === 'one score for all' ? -3 : told(score(fed(vector))));
  model.explain = (vector, contributions) => {
    const base = told(explain(fed(vector), contributions));
    if (fault !== 'one score for all') return base;
    contributions.fill(0);
    return -3;
  };
}

/** The features that it goes by most: one gain in twelve or more. */
function strongestOf(model: Model): number[] {
  const gain = (model as { importance?: { gain?: number[] } }).importance?.gain ?? [];
  const total = gain.reduce((sum, one) => sum + one, 0);
  const found = gain.flatMap((one, i) => (one > total / 12 ? [i] : []));
  return found.length > 0 ? found : model.statistics.map((_, i) => i);
}
