import type pino from 'pino';
import { openMirrorBucket } from '../adapters/mirror/bucket.ts';
import { openMirrorFolder } from '../adapters/mirror/directory.ts';
import type { Config, MirrorTarget } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { nodeFiles } from '../journal/local/files.ts';
import { createMirror, type Mirror } from '../journal/mirror/mirror.ts';
import type { MirrorStore } from '../journal/mirror/store.ts';

/** Where a copy of the journal lies. `write` takes it for this process. Throws where it is away. */
export function openMirrorStore(to: MirrorTarget, how: { write: boolean }): Promise<MirrorStore> {
  return 'folder' in to ? openMirrorFolder(to.folder, how) : openMirrorBucket(to.bucket, how);
}

/** The mirror that is configured, if one is. One that is away is tried again: nothing waits for it. */
export function openMirror(
  { journalMirror, dataDir, journalScrubRate }: Config,
  { journal, clock, log }: { journal: Journal; clock: Clock; log: pino.Logger },
): Mirror | undefined {
  if (!journalMirror) return undefined;
  const { to, everyMs, maxLagMs } = journalMirror;
  return createMirror({
    ...{ dataDir, journal, clock, log, everyMs, maxLagMs, files: nodeFiles, bytesPerSecond: journalScrubRate },
    open: () => openMirrorStore(to, { write: true }),
  });
}
