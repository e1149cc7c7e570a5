import { AssayError } from '../../domain/errors.ts';

/** Where a page ended: the last row's place in (created_at, sequence), newest first. */
export interface Position {
  createdAt: string;
  sequence: number;
}

/** Opaque to clients: base64url of `<milliseconds>.<sequence>`. */
export function writeCursor({ createdAt, sequence }: Position): string {
  return Buffer.from(`${Date.parse(createdAt)}.${sequence}`).toString('base64url');
}

export function readCursor(cursor: string): Position {
  const match = /^(-?\d{1,15})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const at = new Date(Number(match?.[1]));
  if (
    !match ||
    Number.isNaN(at.getTime()) ||
    writeCursor({ createdAt: at.toISOString(), sequence: Number(match[2]) }) !== cursor
  )
    throw new AssayError('invalid_request', 'The cursor is not one that a list gave.', {
      errors: [{ path: '/cursor', message: 'is not a cursor' }],
    });
  return { createdAt: at.toISOString(), sequence: Number(match[2]) };
}
