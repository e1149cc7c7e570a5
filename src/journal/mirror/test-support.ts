/** What the tests of mirrors share. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Journal } from '../journal.ts';
import { nodeFiles } from '../local/files.ts';
import { openJournal } from '../local/journal.ts';
import { all, SMALL_SEGMENT, temporary } from '../local/test-support.ts';
import { createMirror, type Mirror } from './mirror.ts';
import type { MirrorStore } from './store.ts';

export interface Mirrored {
  dataDir: string;
  journal: Journal;
}

export async function journalIn(t: TestContext, dataDir = temporary(t)): Promise<Mirrored> {
  const journal = await openJournal({ directory: join(dataDir, 'journal'), segmentBytes: SMALL_SEGMENT, format: 1 });
  t.after(() => journal.close());
  return { dataDir, journal };
}

const quiet = { info() {}, warn() {} };

/** Its own turns never come: what is done is done by name. */
export function mirrorOf(t: TestContext, { dataDir, journal }: Mirrored, open: () => Promise<MirrorStore>): Mirror {
  const mirror = createMirror({
    ...{ dataDir, journal, files: nodeFiles, clock: Date.now, log: quiet, open },
    ...{ everyMs: 1e9, maxLagMs: 60_000, bytesPerSecond: 1e12 },
  });
  t.after(() => mirror.close());
  return mirror;
}

export async function recordsOf(dataDir: string) {
  const journal = await openJournal({ directory: join(dataDir, 'journal'), segmentBytes: SMALL_SEGMENT, format: 1 });
  try {
    return await all(journal);
  } finally {
    await journal.close();
  }
}

export function snapshot(dataDir: string, sequence: number): void {
  const folder = join(dataDir, 'snapshots', String(sequence));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ sequence }));
}
