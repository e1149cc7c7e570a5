import type { WebhookData, WebhookToldData } from '../../domain/records.ts';
import { MAX_WEBHOOKS, type WebhookType } from '../../domain/webhook.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import { refusal } from './refusal.ts';

export interface WebhookRow {
  id: string;
  sequence: number;
  changed: number;
  url: string;
  /** Null: all. */
  types: WebhookType[] | null;
  description: string | null;
  secret: string;
  createdAt: string;
  updatedAt: string;
}

export interface WebhookFold {
  /** All of them, where a record of the batch is about any. */
  rows: Map<string, WebhookRow>;
  touched: Set<string>;
  resumed: Set<string>;
  /** How far, as the log knows. */
  told: Map<string, number>;
}

export function emptyWebhookFold(): WebhookFold {
  return { rows: new Map(), touched: new Set(), resumed: new Set(), told: new Map() };
}

export function foldWebhook(fold: WebhookFold, record: JournalRecord): CommandAnswer {
  const { webhookId: id, url, types, description } = record.data as unknown as WebhookData;
  const at = new Date(record.at).toISOString();
  const answer = { status: 200, body: { id } };
  if (record.type === 'webhook.create') {
    const secret = record.personal?.secret;
    if (typeof secret !== 'string' || url === undefined) return unknown(id);
    if (fold.rows.size >= MAX_WEBHOOKS)
      return refusal(409, 'conflict', `There are ${MAX_WEBHOOKS} webhooks: delete one first.`);
    const { sequence } = record;
    put(fold, {
      ...{ id, sequence, changed: sequence, url, types: types ?? null, description: description ?? null, secret },
      ...{ createdAt: at, updatedAt: at },
    });
    return { ...answer, status: 201 };
  }
  const row = fold.rows.get(id);
  if (!row) return unknown(id);
  if (record.type === 'webhook.delete') {
    fold.rows.delete(id);
    fold.touched.add(id);
    return { status: 204 };
  }
  if (record.type === 'webhook.resume') fold.resumed.add(id);
  const next = { ...row, url: url ?? row.url, types: types ?? row.types, description: description ?? row.description };
  put(fold, { ...next, changed: record.sequence, updatedAt: record.type === 'webhook.update' ? at : row.updatedAt });
  return answer;
}

export function noteTold({ told }: WebhookFold, record: JournalRecord): void {
  const { webhookId, seq } = record.data as unknown as WebhookToldData;
  told.set(webhookId, seq);
}

function put({ rows, touched }: WebhookFold, row: WebhookRow): void {
  rows.set(row.id, row);
  touched.add(row.id);
}

function unknown(id: string): CommandAnswer {
  return refusal(404, 'not_found', `There is no webhook ${id}.`);
}
