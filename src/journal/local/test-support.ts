/** What the tests of the journal share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Journal, JournalEntry, JournalRecord } from '../journal.ts';
import { type LocalJournalOptions, openJournal } from './journal.ts';

export const SMALL_SEGMENT = 16 * 1024;

export function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-journal-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export async function opened(t: TestContext, options: Partial<LocalJournalOptions> = {}): Promise<Journal> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-journal-'));
  const journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT, ...options });
  t.after(async () => {
    await journal.close();
    rmSync(directory, { recursive: true });
  });
  return journal;
}

export function entry(i: number, more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    type: 'decision',
    at: 1000 + i,
    key: `t:${i}`,
    aliases: [`k:${i}`],
    data: { i, filler: noise(i, (i * 37) % 300) },
    personal: { email: `person${i}@example.com` },
    vector: Float64Array.of(i, Number.NaN, -0),
    ...more,
  };
}

export async function fill(journal: Journal, from: number, to: number): Promise<void> {
  const all: Promise<void>[] = [];
  for (let i = from; i <= to; i++) all.push(journal.enqueue(entry(i)).durable);
  await Promise.all(all);
}

export async function all(journal: Journal, from = 1): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const record of journal.read(from)) records.push(record);
  return records;
}

export const expected = (i: number): JournalRecord => ({ ...entry(i), sequence: i, version: 2 });

/** Mulberry32: a seed gives the whole run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Text that cannot be written shorter, of a length in characters; a seed gives the whole. */
export function noise(seed: number, length: number): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    text += (state >>> 1).toString(36);
  }
  return text.slice(0, length);
}
