import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Files, readWhole, replaceFile } from '../local/files.ts';
import { frameAt } from '../local/frame.ts';
import { DATA_START } from '../local/segment.ts';
import { type Copy, createCopy } from './copy.ts';
import { readRange } from './local-files.ts';
import { bytesOf, type Copied, type Manifest, parseManifest, readCatalogue, sumOf } from './manifest.ts';
import { HeadTaken, type MirrorStore } from './store.ts';

/** Why a mirror is not written: trying again alone does not help. */
export class MirrorRefused extends Error {}

/** Which journal a data directory holds; beside it, so that a restored one goes on with its mirror. */
export const IDENTITY = 'mirror.json';

interface Local {
  files: Files;
  dataDir: string;
  /** The newest sequence that is durable. */
  durable: number;
  clock: () => number;
}

/**
 * Takes a mirror for this process: an empty place, or the mirror of this very journal, as far as that agrees with it. Throws
 * `MirrorRefused` for another's, for one that has records that this journal lacks, and for one whose records are others.
 */
export async function claimMirror(store: MirrorStore, local: Local): Promise<Copy> {
  const { where } = store;
  const journal = await identityOf(local);
  const head = await store.readHead();
  const drawn = randomBytes(8).toString('hex');
  if (head === undefined) {
    const [other] = await store.list();
    if (other !== undefined)
      throw new MirrorRefused(`${where} is not empty and no mirror: ${other} is there. Name an empty place.`);
    const none = { at: 0, through: 0, throughAt: 0, begins: 1, catalogue: null, open: null };
    return take(store, { version: 1, journal, writer: 1, drawn, ...none }, [], undefined, local);
  }
  const found = parseManifest(head.bytes, where);
  if (found.journal !== journal)
    throw new MirrorRefused(`${where} is the mirror of another data directory's journal. Name an empty place.`);
  if (found.through > local.durable)
    throw new MirrorRefused(
      `${where} reaches record ${found.through}, and this journal ends at ${local.durable}: records are missing here. ` +
        'assay restore makes a data directory of the mirror; to go on without them, name an empty place.',
    );
  await assertSame(store, found, local);
  const manifest = { ...found, writer: found.writer + 1, drawn };
  return take(store, manifest, await readCatalogue(store, found), head.version, local);
}

async function take(
  store: MirrorStore,
  manifest: Manifest,
  files: Copied[],
  head: string | undefined,
  local: Local,
): Promise<Copy> {
  const copy = createCopy({ store, manifest, files, head, local, clock: local.clock });
  try {
    await copy.commit();
  } catch (error) {
    if (error instanceof HeadTaken) throw new Error(`${store.where}: another server takes it just now`);
    throw error;
  }
  await copy.sweep();
  return copy;
}

async function identityOf({ files, dataDir }: Local): Promise<string> {
  const path = join(dataDir, IDENTITY);
  const text = await readWhole(files, path);
  if (text !== undefined) {
    const { journal } = JSON.parse(text.toString('utf8')) as { journal?: unknown };
    if (typeof journal !== 'string') throw new MirrorRefused(`${IDENTITY} of the data directory is damaged`);
    return journal;
  }
  const journal = randomBytes(16).toString('hex');
  await writeIdentity(files, dataDir, journal);
  return journal;
}

export async function writeIdentity(files: Files, dataDir: string, journal: string): Promise<void> {
  await replaceFile(files, dataDir, join(dataDir, IDENTITY), Buffer.from(`${JSON.stringify({ journal })}\n`));
}

/** Two servers that go on from one point have other records from there on: the last ones of the mirror tell. */
async function assertSame(store: MirrorStore, { open }: Manifest, { files, dataDir }: Local): Promise<void> {
  const piece = open?.pieces.at(-1);
  if (!open || !piece) return;
  const end = bytesOf(open);
  const from = end - piece.bytes;
  const own = await readRange(files, dataDir, open.path, from, end).catch((error: NodeJS.ErrnoException) => error);
  // Cut out of the log meanwhile.
  if (own instanceof Error && (own as NodeJS.ErrnoException).code === 'ENOENT') return;
  if (!(own instanceof Error)) {
    if (sumOf(own) === piece.sha256) return;
    const other = await store.get(piece.name);
    // An erasure changes what a record holds, never what it is. Damage is found by those who look for it.
    if (!other || sumOf(other) !== piece.sha256 || sameRecords(own, other, from === 0 ? DATA_START : 0)) return;
  }
  throw new MirrorRefused(
    `${store.where} has other records than this journal: two servers went on from one point. assay restore makes a data ` +
      'directory of what is there; to go on with this one, name an empty place.',
  );
}

function sameRecords(a: Buffer, b: Buffer, from: number): boolean {
  for (let at = from; at < a.length; ) {
    const frame = frameAt(a, at, a.length);
    const other = frameAt(b, at, b.length);
    if (!frame || !other) return !frame && !other;
    // Sequence, batch and time.
    if (frame.length !== other.length || !a.subarray(at + 16, at + 40).equals(b.subarray(at + 16, at + 40)))
      return false;
    at += frame.length;
  }
  return true;
}
