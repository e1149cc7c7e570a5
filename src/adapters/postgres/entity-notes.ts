import type pg from 'pg';
import { canonicalEntity, entityKey, formerKeys } from '../../domain/entity.ts';
import { type EntityNoteData, MOST_ENTITY_NOTES } from '../../domain/entity-note.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import type { EntityNote } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { refusal } from './refusal.ts';
import type { EntityNames } from './rows.ts';
import { moment, restored, storable } from './text.ts';

type Row = EntityNote & { sequence: number; key: number; type: string; value: string };

/** All of the entities that records of the batch are about. */
export interface EntityNoteFold {
  rows: Map<string, Row>;
  touched: Set<string>;
}

const COLUMNS = 'id, sequence, key, type, value, kind, text, at, by';

/** The answer does not say what was written: it outlives an erasure for a day. */
export function foldEntityNote({ rows, touched }: EntityNoteFold, record: JournalRecord): CommandAnswer {
  const { noteId: id, action, entityType: type, key, by = null } = record.data as unknown as EntityNoteData;
  const of = [...rows.values()].filter((one) => one.key === key);
  if (action === 'remove') {
    const known = rows.get(id);
    if (!known || known.key !== key) return refusal(404, 'not_found', `There is no note ${id} of it.`);
    if (known.kind === 'note' && known.by !== by)
      return refusal(403, 'forbidden', 'The note is another’s: whoever wrote it takes it away.');
    rows.delete(id);
    touched.add(id);
    return { status: 204 };
  }
  const { id: value = '', text = '' } = (record.personal ?? {}) as { id?: string; text?: string };
  if (action === 'label' && of.some((one) => one.kind === 'label' && one.text === text))
    return refusal(409, 'conflict', 'It has that label.');
  if (of.length >= MOST_ENTITY_NOTES)
    return refusal(409, 'conflict', `It has ${MOST_ENTITY_NOTES} notes and labels: take one away first.`);
  const at = new Date(record.at).toISOString();
  // Erased since: nothing of it is left to show.
  if (text !== '') {
    rows.set(id, { id, sequence: record.sequence, key, type, value, kind: action, text, at, by });
    touched.add(id);
  }
  return { status: 201, body: { id, kind: action, at, by } };
}

export async function loadEntityNotes(
  client: pg.ClientBase,
  schema: string,
  fold: EntityNoteFold,
  records: readonly JournalRecord[],
): Promise<void> {
  const keys = records.flatMap(({ type, data }) => (type === 'entity' ? [data.key as number] : []));
  if (keys.length === 0) return;
  const { rows } = await client.query(`SELECT ${COLUMNS} FROM ${schema}.entity_notes WHERE key = ANY($1)`, [keys]);
  for (const row of rows.map(rowOf)) fold.rows.set(row.id, row);
}

export async function writeEntityNotes(client: pg.ClientBase, schema: string, fold: EntityNoteFold): Promise<void> {
  for (const id of fold.touched) {
    const row = fold.rows.get(id);
    if (!row) await client.query(`DELETE FROM ${schema}.entity_notes WHERE id = $1`, [storable(id)]);
    else
      await client.query(
        `INSERT INTO ${schema}.entity_notes (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO NOTHING`,
        [
          ...[storable(id), row.sequence, row.key, row.type, storable(row.value)],
          ...[row.kind, storable(row.text), row.at, storable(row.by)],
        ],
      );
  }
}

export async function dropEntityNotes(client: pg.ClientBase, schema: string, horizon: number): Promise<void> {
  await client.query(`DELETE FROM ${schema}.entity_notes WHERE at < $1`, [moment(horizon)]);
}

export function createEntityNotes(pool: pg.Pool, schema: string, { ipv6Prefix }: EntityNames) {
  return {
    /** The newest first. */
    of: (type: string, id: string): Promise<EntityNote[]> =>
      reading(async () => {
        const value = canonicalEntity(type, id, ipv6Prefix);
        const { rows } = await pool.query(
          `SELECT ${COLUMNS} FROM ${schema}.entity_notes WHERE key = ANY($1) ORDER BY sequence DESC`,
          [[entityKey(type, value), ...formerKeys(type, value)]],
        );
        return rows.map(rowOf).map(({ sequence: _, key: __, type: ___, value: ____, ...note }) => note);
      }),

    /** Words that entities are called by, the commonest first. */
    labels: (limit: number): Promise<string[]> =>
      reading(async () => {
        const { rows } = await pool.query(
          `SELECT text FROM ${schema}.entity_notes WHERE kind = 'label' GROUP BY text ORDER BY count(*) DESC, text LIMIT $1`,
          [limit],
        );
        return rows.map(({ text }) => restored(text));
      }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
function rowOf(row: any): Row {
  return {
    ...{ id: restored(row.id), sequence: Number(row.sequence), key: Number(row.key), type: row.type },
    ...{ value: restored(row.value), kind: row.kind, text: restored(row.text), at: row.at.toISOString() },
    by: restored(row.by as string | null),
  };
}
