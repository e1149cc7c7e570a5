import type { Config } from '../config.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import { standingOf } from '../journal/local/chain.ts';
import { nodeFiles } from '../journal/local/files.ts';
import { surveyJournal } from '../journal/local/survey.ts';
import { journalFolder } from './control.ts';
import { type JournalDataset, journalDataset, journalTold } from './journal-dataset.ts';

export interface JournalFlags {
  journal?: boolean;
  dataDir?: string;
  from?: number;
  to?: number;
}

/** Reads the log of a data directory, beside a server that may be writing it, and says what of it are rows. */
export async function readJournalDataset(
  { from, to }: JournalFlags,
  config: Config,
  definitions: FeatureDefinition[],
): Promise<{ found: JournalDataset; what: Record<string, unknown> }> {
  const directory = journalFolder(config);
  const { entityTypes, ownHabits: own, labelMaturityDays: maturityDays } = config;
  const found = await journalDataset((onRecord) => surveyJournal(directory, onRecord), {
    ...{ definitions, entityTypes, own, from, to, maturityDays, now: Date.now(), ttlDays: config.profileTtlDays },
  });
  const { begins } = await standingOf(nodeFiles, directory);
  if (begins > 1)
    console.error(
      `note: the log begins at record ${begins}; what came before was removed (JOURNAL_RETENTION_DAYS): it is no row, and what entities did then is not in the features of later ones`,
    );
  for (const line of journalTold(found, maturityDays)) console.error(`note: ${line}`);
  if (found.decisions === 0) throw new Error(`The journal of ${config.dataDir} has no decisions.`);
  if (found.dataset.rows === 0)
    throw new Error(
      `None of the ${found.decisions} decisions of the log is a row: their truth is settled ${maturityDays} days after the payment (LABEL_MATURITY_DAYS).`,
    );
  const { truths, control } = found;
  return { found, what: { format: 'journal', truths, control, maturityDays } };
}
