import type pg from 'pg';
import { type EntityNames, entityTypesOf, type TransactionRow } from './rows.ts';
import { storable } from './text.ts';

/** Columns of `transactions` in the order that `copyLine` writes them. */
export const COLUMNS = [
  ...['id', 'sequence', 'created_at', 'user_id', 'status', 'decision', 'score', 'probability', 'currency'],
  ...['amount_minor', 'minor_digits', 'latency_us', 'label', 'entities', 'reasons', 'model', 'country'],
  ...['review', 'truth', 'since', 'base_minor', 'type', 'channel', 'events', 'entity_types'],
];

/** One line of COPY's text format: fields between tabs, `\N` for null. */
export function copyLine(row: TransactionRow, names: EntityNames): string {
  return (
    `${escaped(storable(row.id))}\t${row.sequence}\t${row.createdAt}\t${escaped(storable(row.userId))}\t${row.status}\t` +
    `${row.decision ?? '\\N'}\t${row.score ?? '\\N'}\t${row.probability ?? '\\N'}\t${escaped(storable(row.currency))}\t` +
    `${row.amountMinor}\t${row.minorDigits}\t${row.latencyUs ?? '\\N'}\t${row.label ?? '\\N'}\t` +
    `{${row.entities.join(',')}}\t${row.reasons ? textArray(row.reasons) : '\\N'}\t${nullable(row.model)}\t${nullable(row.country)}\t` +
    `${row.review ?? '\\N'}\t${row.truth}\t${row.since ?? '\\N'}\t${row.baseMinor ?? '\\N'}\t${filteredLine(row.view)}\t${escaped(entityTypesOf(row, names).join(','))}\n`
  );
}

/** Its fields that are kept in the view alone, and looked for. */
function filteredLine({ type = 'payment', channel, events }: TransactionRow['view']): string {
  const told = events as { type: string }[] | undefined;
  const kinds = told ? textArray([...new Set(told.map((event) => event.type))]) : '\\N';
  return `${escaped(storable(String(type)))}\t${nullable(typeof channel === 'string' ? channel : null)}\t${kinds}`;
}

/** The same for `views`. */
export function copyViewLine({ createdAt, sequence, view }: TransactionRow): string {
  return `${createdAt}\t${sequence}\t${escaped(JSON.stringify(view))}\n`;
}

/** The same for `transaction_entities`. */
export function copyEntityLines({ createdAt, sequence, entities }: TransactionRow): string {
  return [...new Set(entities)].map((key) => `${key}\t${createdAt}\t${sequence}\n`).join('');
}

/** The same for `ids`. */
export function copyIdLine(id: string, { createdAt, sequence }: { createdAt: string; sequence: number }): string {
  return `${escaped(storable(id))}\t${createdAt}\t${sequence}\n`;
}

function nullable(value: string | null): string {
  return value === null ? '\\N' : escaped(storable(value));
}

function textArray(values: string[]): string {
  const quoted = values.map((value) => `"${storable(value).replace(/["\\]/g, '\\$&')}"`);
  return escaped(`{${quoted.join(',')}}`);
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]) : text;
}

/** The part of the driver's protocol connection that COPY needs; its types do not tell. */
interface CopyConnection {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Sends `lines` by `COPY … FROM STDIN`. Rejects with the server's error; the connection is ready for more then. */
export function copyIn(client: pg.ClientBase, sql: string, lines: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const submittable = {
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(Buffer.from(lines));
        connection.endCopyFrom();
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => submittable.callback(),
      handleError: (error: Error) => submittable.callback(error),
      // The driver puts its own in front, to stop the clock of the query timeout.
      callback: (error?: Error | null) => (error ? reject(error) : resolve()),
    };
    client.query(submittable as unknown as pg.Submittable);
  });
}
