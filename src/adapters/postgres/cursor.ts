import { readCursor, writeCursor } from '../../domain/cursor.ts';
import { AssayError } from '../../domain/errors.ts';

/** Where a page ended: the last row's place in (created_at, sequence), newest first. */
export interface Position {
  createdAt: string;
  sequence: number;
}

/** The last millisecond that both this language and the database write in four digits of a year. */
const LATEST = BigInt(Date.UTC(9999, 11, 31, 23, 59, 59, 999));

export function writePosition({ createdAt, sequence }: Position): string {
  return writeCursor(Date.parse(createdAt), sequence);
}

/** Throws `invalid_request`. */
export function readPosition(cursor: string): Position {
  const { place, tie } = cursorOf(cursor);
  return { createdAt: new Date(Number(place < LATEST ? place : LATEST)).toISOString(), sequence: tie };
}

export function cursorOf(text: string) {
  const cursor = readCursor(text);
  if (cursor) return cursor;
  throw new AssayError('invalid_request', 'The cursor is not one that a list gave.', {
    errors: [{ path: '/cursor', message: 'is not a cursor' }],
  });
}
