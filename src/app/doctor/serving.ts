import { join } from 'node:path';
import { assertListenable } from '../../api/server.ts';
import type { Config } from '../../config.ts';
import { servingOf } from '../../engine/serving.ts';
import { loadArtifact } from '../../models/artifact.ts';
import { openRegistry } from '../../models/registry.ts';
import { openRates } from '../rates.ts';
import type { Surveyed } from './directory.ts';
import { type Finding, reason } from './finding.ts';

const DAY_MS = 86_400_000;

/** The model of the configuration against the features that are computed here, and every model that is kept. */
export async function models(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const model = loadArtifact(config.modelDir);
    servingOf(model, config.entityTypes, config.baseCurrency, config.ownHabits);
    findings.push({
      check: 'model',
      state: 'ok',
      found: `${model.name} ${model.version}, its features are served here`,
    });
  } catch (error) {
    const advice =
      'Give ASSAY_MODEL_DIR a sound model over the entity types of ASSAY_ENTITIES and ASSAY_SCHEMA, or train one.';
    findings.push({ check: 'model', state: 'fault', found: reason(error), advice });
  }
  const kept = await openRegistry(join(config.dataDir, 'models')).list();
  const damaged = kept.filter(({ problem }) => problem !== undefined);
  for (const { version, problem } of damaged)
    findings.push({
      ...{ check: 'kept models', state: 'fault', found: `${version}: ${problem}` },
      advice: 'Import it again (assay models import): what it decided cannot be explained, and it cannot be promoted.',
    });
  if (damaged.length === 0 && kept.length > 0)
    findings.push({ check: 'kept models', state: 'ok', found: `${kept.length} kept, all sound` });
  return findings;
}

/** Whether there are rates, and how old the newest is at `now`. */
export function rates(config: Config, now: number): Finding {
  try {
    const open = openRates(config);
    open.close();
    if (open.newest === null)
      return {
        check: 'rates',
        state: 'note',
        found: `only CURRENCY_RATES; payments in other currencies have no amount in ${open.base}`,
      };
    const days = Math.floor((now - Date.parse(open.newest)) / DAY_MS);
    const found = `${open.source}, newest of ${open.newest}, ${days} days ago`;
    if (days <= config.ratesMaxAgeDays) return { check: 'rates', state: 'ok', found };
    const advice = `Give RATES_FILE newer ones: beyond RATES_MAX_AGE_DAYS=${config.ratesMaxAgeDays} every converted payment is warned about.`;
    return { check: 'rates', state: 'warning', found, advice };
  } catch (error) {
    return { check: 'rates', state: 'fault', found: reason(error), advice: 'Mend the file, or unset RATES_FILE.' };
  }
}

/** Whether a server may listen with the keys that there are. */
export function keys(config: Config, { keys: made, revoked }: Surveyed): Finding {
  const count = made + (config.apiKey ? 1 : 0);
  if (config.fleet && count === 0)
    return { check: 'keys', state: 'note', found: 'kept by Kafka; a running server lists them' };
  try {
    assertListenable(config, { configured: count > 0 });
  } catch (error) {
    const advice = 'assay keys create --scope admin';
    return { check: 'keys', state: 'fault', found: reason(error), advice };
  }
  if (count === 0)
    return { check: 'keys', state: 'note', found: `none: anyone on this machine may do anything at ${config.host}` };
  if (count === revoked)
    return {
      check: 'keys',
      state: 'fault',
      found: 'all are revoked: nobody may ask',
      advice: 'assay keys create --scope admin',
    };
  return { check: 'keys', state: 'ok', found: `${count - revoked} in use, ${revoked} revoked` };
}
