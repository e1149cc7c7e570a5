import type pg from 'pg';
import type { QueueFilter } from '../../domain/desk.ts';
import { type DeskBody, type DeskData, type DeskKind, MOST_OF_A_KIND } from '../../domain/desk.ts';
import type { CaseData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import type { DeskThing, QueueLoad } from '../../projections/store.ts';
import { reading } from './connection.ts';
import { refusal } from './refusal.ts';
import { restored, storable } from './text.ts';

type Row = DeskThing & { sequence: number };

/** All of it, where a record of the batch is about any. */
export interface DeskFold {
  rows: Map<string, Row>;
  touched: Set<string>;
}

const COLUMNS = 'id, kind, sequence, version, name, body, turn, by, created_at, updated_at';

/** Whether a record needs what is set up. */
export const isOfDesk = ({ type, data }: JournalRecord): boolean =>
  type === 'desk' || (type === 'case' && data.queueId !== undefined);

export function foldDesk({ rows, touched }: DeskFold, record: JournalRecord): CommandAnswer {
  const { deskId: id, kind, action, version, name, body, by = null } = record.data as unknown as DeskData;
  const known = rows.get(id);
  if (action !== 'create' && known?.kind !== kind) return refusal(404, 'not_found', `There is no ${kind} ${id}.`);
  if (known && version !== undefined && version !== known.version)
    return refusal(
      409,
      'conflict',
      `${known.name} has changed since: it is at version ${known.version}. Read it again.`,
    );
  touched.add(id);
  if (action === 'delete') {
    rows.delete(id);
    return { status: 204 };
  }
  const at = new Date(record.at).toISOString();
  const row: Row = {
    ...{ id, kind, sequence: known?.sequence ?? record.sequence, version: (known?.version ?? 0) + 1 },
    ...{ name: name ?? known?.name ?? id, body: (body ?? known?.body) as DeskBody, turn: known?.turn ?? null },
    ...{ by, createdAt: known?.createdAt ?? at, updatedAt: at },
  };
  const others = [...rows.values()].filter((one) => one.kind === kind && one.id !== id);
  if (others.some((one) => one.name === row.name))
    return refusal(409, 'conflict', `There is a ${kind} ${row.name}: change that one, or choose another name.`);
  if (others.length >= MOST_OF_A_KIND)
    return refusal(409, 'conflict', `There are ${MOST_OF_A_KIND} of them: delete one first.`);
  rows.set(id, row);
  return { status: known ? 200 : 201, body: thingOf(row) as unknown as Record<string, unknown> };
}

/** A case was given to a member in turn: the one after them is next. */
export function foldTurn({ rows, touched }: DeskFold, record: JournalRecord): void {
  const { queueId, dealt, assignee } = record.data as CaseData & { action: 'assign' };
  const queue = queueId === undefined || !dealt ? undefined : rows.get(queueId);
  if (!queue) return;
  queue.turn = assignee;
  touched.add(queue.id);
}

const thingOf = ({ sequence: _, ...thing }: Row): DeskThing => thing;

export async function loadDesk(client: pg.ClientBase, schema: string, fold: DeskFold): Promise<void> {
  const { rows } = await client.query(`SELECT ${COLUMNS} FROM ${schema}.desk`);
  for (const row of rows) fold.rows.set(restored(row.id), rowOf(row));
}

export async function writeDesk(client: pg.ClientBase, schema: string, fold: DeskFold): Promise<void> {
  for (const id of fold.touched) {
    const row = fold.rows.get(id);
    if (!row) await client.query(`DELETE FROM ${schema}.desk WHERE id = $1`, [storable(id)]);
    else
      await client.query(
        `INSERT INTO ${schema}.desk (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, body = excluded.body,
          turn = excluded.turn, by = excluded.by, updated_at = excluded.updated_at`,
        [
          ...[storable(id), row.kind, row.sequence, row.version, storable(row.name), JSON.stringify(row.body)],
          ...[storable(row.turn), storable(row.by), row.createdAt, row.updatedAt],
        ],
      );
  }
}

/** Cases that a queue has; without conditions all of them. `place` binds a value. */
export function ofQueue(filter: QueueFilter, place: (value: unknown) => string): string[] {
  const { rules, minAmount, maxAmount, minScore } = filter;
  return [
    ...(rules === null ? [] : [`rules && ${place(rules.map(storable))}::text[]`]),
    ...(minAmount === null ? [] : [`amount >= ${place(minAmount)}`]),
    ...(maxAmount === null ? [] : [`amount < ${place(maxAmount)}`]),
    ...(minScore === null ? [] : [`score >= ${place(minScore)}`]),
  ];
}

export function createDesk(pool: pg.Pool, schema: string) {
  return {
    /** By when they were made. */
    all: (kind: DeskKind): Promise<DeskThing[]> =>
      reading(async () => {
        const { rows } = await pool.query(`SELECT ${COLUMNS} FROM ${schema}.desk WHERE kind = $1 ORDER BY sequence`, [
          kind,
        ]);
        return rows.map((row) => thingOf(rowOf(row)));
      }),

    away: (now: number): Promise<Set<string>> =>
      reading(async () => {
        const { rows } = await pool.query(`SELECT ${COLUMNS} FROM ${schema}.desk WHERE kind = 'absence'`);
        const absent = rows.map(rowOf).filter(({ body }) => {
          const { until } = body as { until: string | null };
          return until === null || Date.parse(until) > now;
        });
        return new Set(absent.map(({ name }) => name));
      }),

    load: (filter: QueueFilter, now: number): Promise<QueueLoad> =>
      reading(async () => {
        const values: unknown[] = [now];
        const where = ofQueue(filter, (value) => `$${values.push(value)}`);
        const { rows } = await pool.query(
          `SELECT count(*) AS open, count(*) FILTER (WHERE assignee IS NULL) AS unassigned,
             count(*) FILTER (WHERE due <= $1 AND awaiting_since IS NULL) AS overdue
           FROM ${schema}.cases WHERE ${["status = 'open'", 'transactions > 0', ...where].join(' AND ')}`,
          values,
        );
        const [{ open, unassigned, overdue }] = rows;
        return { open: Number(open), unassigned: Number(unassigned), overdue: Number(overdue) };
      }),

    openOf: (members: readonly string[]): Promise<Map<string, number>> =>
      reading(async () => {
        const { rows } = await pool.query(
          `SELECT assignee, count(*) AS open FROM ${schema}.cases
           WHERE status = 'open' AND transactions > 0 AND assignee = ANY($1) GROUP BY 1`,
          [members.map(storable)],
        );
        return new Map(rows.map(({ assignee, open }) => [restored(assignee), Number(open)]));
      }),

    free: (filter: QueueFilter, limit: number): Promise<{ id: string; version: number }[]> =>
      reading(async () => {
        const values: unknown[] = [limit];
        const where = ofQueue(filter, (value) => `$${values.push(value)}`);
        const free = ["status = 'open'", 'assignee IS NULL', 'transactions > 0', 'awaiting_since IS NULL', ...where];
        const { rows } = await pool.query(
          `SELECT id, version FROM ${schema}.cases WHERE ${free.join(' AND ')}
           ORDER BY due NULLS LAST, amount_at_risk DESC, sequence LIMIT $1`,
          values,
        );
        return rows.map(({ id, version }) => ({ id: restored(id), version }));
      }),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it.
function rowOf(row: any): Row {
  return {
    ...{ id: restored(row.id), kind: row.kind, sequence: Number(row.sequence), version: row.version },
    ...{ name: restored(row.name), body: row.body, turn: restored(row.turn as string | null) },
    ...{ by: restored(row.by as string | null), createdAt: row.created_at.toISOString() },
    updatedAt: row.updated_at.toISOString(),
  };
}
