import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '../../adapters/embedded/postgres.ts';
import { openSnapshots } from '../../adapters/embedded/snapshots.ts';
import { pendingMigrations } from '../../adapters/postgres/migrate.ts';
import type { Config } from '../../config.ts';
import type { DecisionData } from '../../domain/records.ts';
import { standingOf } from '../../journal/local/chain.ts';
import { nodeFiles } from '../../journal/local/files.ts';
import { lockDirectory } from '../../journal/local/lock.ts';
import { surveyJournal } from '../../journal/local/survey.ts';
import { loadArtifact } from '../../models/artifact.ts';
import { createProfiles } from '../../profiles/memory.ts';
import { createLog } from '../log.ts';
import { journal } from './directory.ts';
import { type Finding, reason } from './finding.ts';
import { models } from './serving.ts';

/** What this release finds in a data directory, and what it will do to it when it starts. Changes nothing that stays. */
export async function examineUpgrade(config: Config, version: string): Promise<Finding[]> {
  const found: Finding[] = [{ check: 'assay', state: 'ok', found: `this is ${version}` }];
  const look = async (check: string, work: () => Promise<Finding[]>) => {
    try {
      found.push(...(await work()));
    } catch (error) {
      found.push({ check, state: 'fault', found: reason(error) });
    }
  };
  await look('journal', async () => [await readable(config)]);
  await look('journal format', () => format(config));
  await look('snapshots', async () => [await snapshots(config)]);
  await look('database', async () => [await database(config)]);
  await look('model', () => models(config));
  await look('decides', () => succession(config));
  return found;
}

async function readable(config: Config): Promise<Finding> {
  const { finding } = await journal(config);
  if (finding.state !== 'ok') return finding;
  return { ...finding, found: `${finding.found}; they are read as they are, and none is rewritten` };
}

/** Which releases read what is written from now on: nothing changes by an upgrade alone. */
async function format(config: Config): Promise<Finding[]> {
  const folder = join(config.dataDir, 'journal');
  if (config.fleet || !existsSync(folder)) return [];
  const counts = { 1: 0, 2: 0 };
  let newest: 1 | 2 | undefined;
  await surveyJournal(folder, ({ version }) => {
    newest = version === 1 ? 1 : 2;
    counts[newest]++;
  });
  const check = 'journal format';
  const next = config.journalFormat ?? newest ?? 2;
  const found = `${counts[1]} records of version 1, ${counts[2]} of version 2; new ones are of version ${next}`;
  if (next === 1) {
    const advice = 'JOURNAL_FORMAT=2 makes records a third as long; releases that know only version 1 refuse them.';
    return [{ check, state: 'note', found, advice }];
  }
  const isNew = newest === 1;
  const advice = `From then on a release that knows only version 1 cannot have this directory back.`;
  return [{ check, found, ...(isNew ? { state: 'warning', advice } : { state: 'ok' }) }];
}

async function snapshots(config: Config): Promise<Finding> {
  const check = 'snapshots';
  const folder = join(config.dataDir, 'journal');
  if (config.fleet) return { check, state: 'note', found: 'none: Redis keeps the profiles of a fleet' };
  if (!existsSync(folder)) return { check, state: 'note', found: 'none yet' };
  let newest = 0;
  await surveyJournal(folder, ({ sequence }) => {
    newest = sequence;
  });
  const refused: string[] = [];
  const kept = openSnapshots({
    directory: join(config.dataDir, 'snapshots'),
    profiles: createProfiles({ entityTypes: config.entityTypes, own: config.ownHabits }),
    parts: {},
    log: { info() {}, warn: ({ err }: { err?: Error }) => refused.push(reason(err)) },
  });
  const restored = await kept.restore(newest);
  const { begins } = await standingOf(nodeFiles, folder);
  if (restored > 0 && restored >= begins - 1)
    return {
      check,
      state: 'ok',
      found: `that of record ${restored} fits; ${newest - restored} records are read after it`,
    };
  if (restored < begins - 1)
    return {
      ...{
        check,
        state: 'fault',
        found: `none fits (${refused[0] ?? 'there is none'}), and the journal begins at record ${begins}`,
      },
      advice: 'Go on with the release that made it: profiles of what was removed cannot be computed anew.',
    };
  const why = refused.length > 0 ? ` (${refused[0]})` : '';
  return {
    check,
    state: newest > 0 && refused.length > 0 ? 'warning' : 'note',
    found: `none fits${why}: profiles are computed anew from ${newest} records at the first start`,
  };
}

/** Another model than that of the newest decision, where it is not one that was promoted: the model that ships changes with releases. */
async function succession(config: Config): Promise<Finding[]> {
  const folder = join(config.dataDir, 'journal');
  if (config.fleet || !existsSync(folder)) return [];
  let before: string | undefined;
  let isPromoted = false;
  await surveyJournal(folder, ({ type, data }) => {
    if (type === 'decision') before = (data as unknown as DecisionData).decision.model?.version ?? before;
    if (type === 'model.promote') isPromoted = true;
  });
  const { version } = loadArtifact(config.modelDir);
  if (before === undefined || before === version || isPromoted) return [];
  return [
    {
      ...{ check: 'decides', state: 'note', found: `${version} from the first start on, where ${before} decided` },
      advice: `To keep that one: assay models promote ${before}`,
    },
  ];
}

async function database(config: Config): Promise<Finding> {
  const { databaseUrl, dataDir, namespace } = config;
  if (databaseUrl) return told(await pendingMigrations(databaseUrl, namespace));
  const folder = join(dataDir, 'journal');
  if (!existsSync(folder))
    return { check: 'database', state: 'note', found: 'none yet; it is made at the first start' };
  const unlock = await lockDirectory(folder);
  try {
    const embedded = await startEmbedded({ dataDir, log: createLog('silent') });
    try {
      if (embedded.problem) throw new Error(embedded.problem);
      return told(await pendingMigrations(embedded.url, namespace));
    } finally {
      await embedded.stop();
    }
  } finally {
    await unlock();
  }
}

function told({ isNew, pending, unknown }: Awaited<ReturnType<typeof pendingMigrations>>): Finding {
  const check = 'database';
  if (isNew) return { check, state: 'note', found: 'it is filled from the journal at the first start' };
  if (unknown.length > 0)
    return {
      ...{ check, state: 'warning', found: `a newer release has been here (${unknown.join(', ')})` },
      advice: 'Migrations only add, so this release works on it; what the newer one keeps there it does not see.',
    };
  if (pending.length === 0) return { check, state: 'ok', found: 'up to date' };
  return {
    ...{ check, state: 'note', found: `to come: ${pending.join(', ')}` },
    advice: 'They run at the first start, only add, and let the release before go on working.',
  };
}
