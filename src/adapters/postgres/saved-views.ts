import type pg from 'pg';
import { MOST_VIEWS, type ViewData } from '../../domain/saved-view.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import type { SavedView } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { refusal } from './refusal.ts';
import { restored, storable } from './text.ts';

type Row = SavedView & { sequence: number };

/** All of them, where a record of the batch is about any. */
export interface SavedViewFold {
  rows: Map<string, Row>;
  touched: Set<string>;
}

const COLUMNS = 'id, sequence, name, filters, shared, by, created_at, updated_at';

/** Whoever made one changes it; nobody else does, though all see what is shared. */
export function foldSavedView({ rows, touched }: SavedViewFold, record: JournalRecord): CommandAnswer {
  const { viewId: id, action, name, filters, shared, by = null } = record.data as unknown as ViewData;
  const known = rows.get(id);
  const seen = known && (known.shared || known.by === by);
  if (action !== 'create' && !seen) return refusal(404, 'not_found', `There is no view ${id}.`);
  if (known && known.by !== by)
    return refusal(403, 'forbidden', `The view ${known.name} is another’s: save one of your own.`);
  touched.add(id);
  if (action === 'delete') {
    rows.delete(id);
    return { status: 204 };
  }
  const at = new Date(record.at).toISOString();
  const row: Row = {
    ...{ id, sequence: known?.sequence ?? record.sequence, by, createdAt: known?.createdAt ?? at, updatedAt: at },
    ...{ name: name ?? known?.name ?? id, filters: filters ?? known?.filters ?? {} },
    shared: shared ?? known?.shared ?? false,
  };
  const own = [...rows.values()].filter((one) => one.by === by && one.id !== id);
  if (own.some((one) => one.name === row.name))
    return refusal(409, 'conflict', `There is a view ${row.name} of yours: change that one, or choose another name.`);
  if (own.length >= MOST_VIEWS) return refusal(409, 'conflict', `There are ${MOST_VIEWS} views: delete one first.`);
  rows.set(id, row);
  return { status: action === 'create' ? 201 : 200, body: viewOf(row) as unknown as Record<string, unknown> };
}

const viewOf = ({ sequence: _, ...view }: Row): SavedView => view;

export async function loadSavedViews(client: pg.ClientBase, schema: string, fold: SavedViewFold): Promise<void> {
  const { rows } = await client.query(`SELECT ${COLUMNS} FROM ${schema}.saved_views`);
  for (const row of rows) fold.rows.set(restored(row.id), rowOf(row));
}

export async function writeSavedViews(client: pg.ClientBase, schema: string, fold: SavedViewFold): Promise<void> {
  for (const id of fold.touched) {
    const row = fold.rows.get(id);
    if (!row) await client.query(`DELETE FROM ${schema}.saved_views WHERE id = $1`, [storable(id)]);
    else
      await client.query(
        `INSERT INTO ${schema}.saved_views (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, filters = excluded.filters, shared = excluded.shared,
          updated_at = excluded.updated_at`,
        [
          ...[storable(id), row.sequence, storable(row.name), JSON.stringify(row.filters), row.shared],
          ...[storable(row.by), row.createdAt, row.updatedAt],
        ],
      );
  }
}

/** What whoever has that key sees, by name. */
export function createSavedViews(pool: pg.Pool, schema: string) {
  return (by: string | null): Promise<SavedView[]> =>
    reading(async () => {
      const { rows } = await pool.query(
        `SELECT ${COLUMNS} FROM ${schema}.saved_views WHERE shared OR by IS NOT DISTINCT FROM $1 ORDER BY name, sequence`,
        [storable(by)],
      );
      return rows.map((row) => viewOf(rowOf(row)));
    });
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
function rowOf(row: any): Row {
  return {
    ...{ id: restored(row.id), sequence: Number(row.sequence), name: restored(row.name), filters: row.filters },
    ...{ shared: row.shared, by: restored(row.by as string | null) },
    ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
  };
}
