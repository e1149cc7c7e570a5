import { readConfig } from '../config.ts';
import type { Reason } from '../domain/decision.ts';
import { type Narrative, type NarrativeView, narrativeView } from '../domain/narrative.ts';
import type { DecisionData, DeleteData } from '../domain/records.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/local/journal.ts';
import { factsOf } from '../narrator/facts.ts';
import { type DecidedView, letterOf } from '../narrator/person.ts';
import { tell } from '../narrator/template.ts';
import { askServer, type Control, journalFolder, readControl } from './control.ts';
import { defaultModelDir } from './paths.ts';

/** From a server also why the language model that it asked wrote nothing. */
type NarrativeTold = NarrativeView & { failure?: { code: string; text: string } };

export interface Explained {
  narrative: NarrativeTold;
  /** Largest first: all of them from a server, else those that were kept with the decision; none of a case. */
  reasons?: Reason[];
}

const configOf = (dataDir?: string) =>
  readConfig(dataDir ? { ...process.env, ASSAY_DATA_DIR: dataDir } : process.env, { modelDir: defaultModelDir });

/** Throws an Error that says so where no server runs, or where it has no such decision. */
export async function letterFor(id: string, dataDir?: string): Promise<string> {
  const control = readControl(configOf(dataDir).dataDir);
  if (!control) throw new Error('A letter tells what became of the payment, too: start the server, and ask again.');
  const view = await get<DecidedView>(control, `/api/transactions/${encodeURIComponent(id)}`);
  if (view.decision === undefined) throw new Error(`Transaction ${id} is not decided.`);
  return letterOf(view);
}

/** Throws an Error that says so where there is no such decision. */
export async function explained(id: string, options: { ask: boolean; dataDir?: string }): Promise<Explained> {
  const config = configOf(options.dataDir);
  const control = readControl(config.dataDir);
  if (control) return overHttp(control, id, options.ask);
  const journal = await openJournal({ directory: journalFolder(config), format: config.journalFormat });
  try {
    return await fromJournal(journal, id);
  } finally {
    await journal.close();
  }
}

async function overHttp(control: Control, id: string, ask: boolean): Promise<Explained> {
  const name = encodeURIComponent(id);
  if (/^case_\d+$/.test(id)) {
    const narrative = await get<NarrativeTold>(control, `/api/cases/${name}/summary?narrate=${ask}`);
    return { narrative };
  }
  // Without asking, the template's text is there all the same.
  const { narrative, contributions } = await get<{ narrative: NarrativeTold; contributions: Reason[] }>(
    control,
    `/api/transactions/${name}/explanation?narrate=${ask ? 'true' : 'kept'}`,
  );
  return { narrative, reasons: contributions };
}

async function get<T>(control: Control, path: string): Promise<T> {
  const response = await askServer(control, path);
  const body = (await response.json()) as T & { detail?: string };
  if (!response.ok) throw new Error(body.detail ?? `${path} answers ${response.status}`);
  return body;
}

async function fromJournal(journal: Journal, id: string): Promise<Explained> {
  if (/^case_\d+$/.test(id)) throw new Error('Cases are the running server’s: start it, and ask again.');
  const record = (await journal.find(`d:${id}`)) ?? (await journal.find(`t:${id}`));
  if (record?.type !== 'decision') throw new Error(`There is no decision of a transaction ${id}.`);
  for await (const later of journal.read(record.sequence + 1))
    if (later.type === 'delete' && (later.data as unknown as DeleteData).transactionId === id)
      throw new Error(`There is no decision of a transaction ${id}.`);
  const written = (await journal.find(`n:${id}`))?.personal?.narrative as Narrative | undefined;
  const { reasons } = (record.data as unknown as DecisionData).decision;
  return { narrative: narrativeView(written ?? tell(factsOf(record))), reasons };
}
