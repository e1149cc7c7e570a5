import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../../config.ts';
import { standingOf } from '../../journal/local/chain.ts';
import { nodeFiles } from '../../journal/local/files.ts';
import { repairJournal } from '../../journal/local/repair.ts';
import { surveyJournal } from '../../journal/local/survey.ts';
import { type Finding, reason } from './finding.ts';
import { type Disk, space, syncSpeed } from './machine.ts';

/** What the journal holds that other looks need. */
export interface Surveyed {
  /** Time of the newest record, milliseconds. */
  newest: number | undefined;
  keys: number;
  /** Of them, those that are revoked. */
  revoked: number;
}

/** The folder itself: where it is, whose, whether it can be written, how fast, and how much fits. */
export async function directory(config: Config, disk?: Disk): Promise<Finding[]> {
  const { dataDir } = config;
  const there = nearest(dataDir);
  const made = there === dataDir ? dataDir : `${dataDir}, to be made in ${there}`;
  const { uid } = statSync(there);
  if (!statSync(there).isDirectory())
    return [{ check: 'data directory', state: 'fault', found: `${there} is no folder`, advice: 'Set ASSAY_DATA_DIR.' }];
  try {
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const advice = 'Give it to the user that Assay runs as, or set ASSAY_DATA_DIR.';
    return [{ check: 'data directory', state: 'fault', found: reason(error), advice }];
  }
  const me = process.getuid?.();
  const foreign = there === dataDir && me !== undefined && uid !== me;
  const owner: Finding = foreign
    ? {
        ...{
          check: 'data directory',
          state: 'warning',
          found: `${made} belongs to user ${uid}, and this is user ${me}`,
        },
        advice: `Run Assay as user ${uid}: what user ${me} writes there, that one may not be able to read.`,
      }
    : { check: 'data directory', state: 'ok', found: made };
  return [owner, await space(there, config), await syncSpeed(there, disk)];
}

/** The folder, or the first above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

/** Reads every byte of the journal, which changes nothing; a running server may go on. */
export async function journal(config: Config): Promise<{ finding: Finding; surveyed: Surveyed }> {
  const surveyed: Surveyed = { newest: undefined, keys: 0, revoked: 0 };
  const folder = join(config.dataDir, 'journal');
  if (config.fleet) return { finding: { check: 'journal', state: 'note', found: 'kept by Kafka' }, surveyed };
  if (!existsSync(folder)) return { finding: { check: 'journal', state: 'note', found: 'none yet' }, surveyed };
  const { segments, records, found } = await repairJournal(folder, { dry: true });
  if (found.length > 0) {
    const [{ segment, offset, what }] = found;
    const more = found.length > 1 ? `, and ${found.length - 1} more` : '';
    const told = `${segment}, offset ${offset}: ${what} is damaged${more}`;
    return { finding: { check: 'journal', state: 'fault', found: told, advice: 'assay journal repair' }, surveyed };
  }
  try {
    await surveyJournal(folder, ({ type, at }) => {
      surveyed.newest = Math.max(surveyed.newest ?? 0, at);
      if (type === 'key.create') surveyed.keys++;
      if (type === 'key.revoke') surveyed.revoked++;
    });
  } catch (error) {
    const advice = 'A newer Assay has written it: run that one.';
    return { finding: { check: 'journal', state: 'fault', found: reason(error), advice }, surveyed };
  }
  const { begins } = await standingOf(nodeFiles, folder);
  const since = begins > 1 ? `; it begins at record ${begins}, what was before was removed` : '';
  return {
    finding: { check: 'journal', state: 'ok', found: `${records} records in ${segments} segments hold${since}` },
    surveyed,
  };
}
