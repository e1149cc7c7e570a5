import { canonicalDomain } from '../../domain/email.ts';
import type { UserData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../../projections/command-answer.ts';
import type { UserView } from '../../projections/store.ts';
import { refusal } from './refusal.ts';
import { storable } from './text.ts';

export interface UserRow {
  id: string;
  sequence: number;
  name: string;
  email: string;
  createdAt: string;
  updatedAt: string;
}

/** The part of a batch that users are. */
export interface UserFold {
  users: Map<string, UserRow>;
  /** Address in lower case → user id. */
  emails: Map<string, string>;
  touchedUsers: Set<string>;
}

/** Addresses are the same person's whatever their case, and however their domain is spelt. */
export function emailKey(email: string): string {
  const key = writtenKey(email);
  const at = key.lastIndexOf('@');
  return at < 0 ? key : `${key.slice(0, at + 1)}${canonicalDomain(key.slice(at + 1)) ?? ''}`;
}

/** The same as users were stored under before domains had one spelling. */
export function writtenKey(email: string): string {
  return email.trim().toLowerCase();
}

/** What a search looks through: name, address and id in lower case, a line each. */
export function searchText({ name, email, id }: Pick<UserRow, 'name' | 'email' | 'id'>): string {
  return [name, email, id].map((part) => storable(part.toLowerCase())).join('\n');
}

export function userView({ id, name, email, createdAt, updatedAt }: UserRow): UserView {
  return { id, userId: id, name, email, createdAt, updatedAt };
}

/** An address that exists answers with its user, whatever id was asked for. */
export function createUser(fold: UserFold, record: JournalRecord): CommandAnswer {
  const { userId: id } = record.data as unknown as UserData;
  const { name, email } = personal(record);
  if (name === undefined || email === undefined) return erased(id);
  const owner = fold.emails.get(emailKey(email));
  if (owner !== undefined) return { status: 200, body: { userId: owner } };
  if (fold.users.has(id)) return refusal(409, 'conflict', `User ${id} exists with another e-mail address.`);
  const at = new Date(record.at).toISOString();
  put(fold, { id, sequence: record.sequence, name, email, createdAt: at, updatedAt: at });
  return { status: 201, body: { userId: id } };
}

export function updateUser(fold: UserFold, record: JournalRecord): CommandAnswer {
  const { userId: id } = record.data as unknown as UserData;
  const row = fold.users.get(id);
  if (!row) return unknown(id);
  const { name = row.name, email = row.email } = personal(record);
  const owner = fold.emails.get(emailKey(email));
  if (owner !== undefined && owner !== id) return refusal(409, 'conflict', 'Another user has that e-mail address.');
  fold.emails.delete(emailKey(row.email));
  const next = { ...row, name, email, updatedAt: new Date(record.at).toISOString() };
  put(fold, next);
  return { status: 200, body: { ...userView(next) } };
}

export function deleteUser(fold: UserFold, record: JournalRecord): CommandAnswer {
  const { userId: id } = record.data as unknown as UserData;
  const row = fold.users.get(id);
  if (!row) return unknown(id);
  fold.users.delete(id);
  fold.emails.delete(emailKey(row.email));
  fold.touchedUsers.add(id);
  return { status: 204 };
}

function put(fold: UserFold, row: UserRow): void {
  fold.users.set(row.id, row);
  fold.emails.set(emailKey(row.email), row.id);
  fold.touchedUsers.add(row.id);
}

function personal(record: JournalRecord): { name?: string; email?: string } {
  return (record.personal ?? {}) as { name?: string; email?: string };
}

/** Replayed after its personal fields were overwritten: there is no one to create. */
function erased(id: string): CommandAnswer {
  return refusal(404, 'not_found', `What user ${id} was created with has been erased.`);
}

function unknown(id: string): CommandAnswer {
  return refusal(404, 'not_found', `There is no user ${id}.`);
}
