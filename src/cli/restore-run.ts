import { resolve } from 'node:path';
import { openMirrorStore } from '../app.ts';
import { mirrorTarget } from '../config.ts';
import { nodeFiles } from '../journal/local/files.ts';
import { type Restored, restoreMirror } from '../journal/mirror/restore.ts';
import { foundLines } from './journal-run.ts';

/** Resolves to the exit code. A server that writes the mirror may go on: what it has said to count is read. */
export async function runRestore(options: { from: string; dataDir: string; json?: boolean }): Promise<number> {
  const dataDir = resolve(options.dataDir);
  const store = await openMirrorStore(mirrorTarget(options.from, process.env, '--from'), { write: false });
  try {
    const done = await restoreMirror(store, dataDir, nodeFiles);
    const { through, throughAt, mirroredAt } = done;
    if (options.json) {
      const times = { throughAt: timeOf(throughAt), mirroredAt: timeOf(mirroredAt) };
      console.log(JSON.stringify({ dataDir, from: store.where, ...done, ...times, absent: absentOf(done) }));
    } else {
      console.log(`${store.where}, written last at ${timeOf(mirroredAt)}, is restored to ${dataDir}.`);
      console.log(`It reaches record ${through}, accepted at ${timeOf(throughAt)}; what came later is not in it.`);
      for (const line of linesOf(done)) console.log(line);
    }
    return done.missing.length > 0 || done.found.some(({ mended }) => mended === null) ? 1 : 0;
  } finally {
    await store.close();
  }
}

function linesOf(done: Restored): string[] {
  const { begins, segments, records, bytes, snapshots, models, found, missing } = done;
  return [
    `${segments} segments, ${records} records that hold${begins > 1 ? `; whole from record ${begins} on` : ''}.`,
    `Snapshots of records ${snapshots.join(', ') || 'none'}; ${models.length} models; ${(bytes / 2 ** 20).toFixed(1)} MiB.`,
    ...missing,
    ...foundLines(found),
    ...absentOf(done).map((what) => `Not in a mirror: ${what}.`),
  ];
}

function absentOf({ begins }: Pick<Restored, 'begins'>): string[] {
  return [
    'the configuration and its secrets (environment, files that it names)',
    'answers kept for requests with an Idempotency-Key that left no record, what drift has learnt',
    ...(begins > 1
      ? [
          `payments, labels and cases before record ${begins} in the database: bring it back from its own backup, or begin without ` +
            'them by assay database rebuild --forget-removed',
        ]
      : ['the database: it is made again from the journal at the next start']),
  ];
}

const timeOf = (at: number) => (at > 0 ? new Date(at).toISOString() : null);
