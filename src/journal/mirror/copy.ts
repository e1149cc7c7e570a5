import { randomBytes } from 'node:crypto';
import type { Files } from '../local/files.ts';
import { readRange } from './local-files.ts';
import { bytesOf, type Copied, type Manifest, type Piece, sumOf } from './manifest.ts';
import { HeadTaken, type MirrorStore } from './store.ts';

/** The most bytes of one object, and so of memory. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** A mirror that this process writes: what counts there, and what will once `commit` has said so. */
export interface Copy {
  readonly store: MirrorStore;
  readonly manifest: Manifest;
  /** Whole files by their path. */
  readonly files: ReadonlyMap<string, Copied>;
  /** Copies a range of a file as pieces, each read back against its checksum. */
  pieces(path: string, from: number, to: number): Promise<Piece[]>;
  put(file: Copied): void;
  drop(path: string): void;
  /** The segment that is being written, or none. */
  setOpen(file: Copied | null): void;
  /** Makes all of it count, and removes what does not any more. Throws `HeadTaken` where another process took the mirror. */
  commit(): Promise<void>;
  /** Removes what a crash left there, of this process's predecessors. */
  sweep(): Promise<void>;
}

export function createCopy(options: {
  store: MirrorStore;
  manifest: Manifest;
  files: Iterable<Copied>;
  /** Of the head, as it was read. */
  head: string | undefined;
  local: { files: Files; dataDir: string };
  clock: () => number;
}): Copy {
  const { store, manifest, local, clock } = options;
  const files = new Map([...options.files].map((file) => [file.path, file]));
  let { head } = options;
  let isChanged = false;
  let attempted: Buffer | undefined;
  /** Objects that stop to count with the next commit. */
  let old: string[] = [];

  const nameFor = (path: string, part: number | string) => `${path}/${part}-${randomBytes(8).toString('hex')}`;
  const leave = (gone: readonly Piece[], kept: readonly Piece[] = []) => {
    const names = new Set(kept.map(({ name }) => name));
    old.push(...gone.flatMap(({ name }) => (names.has(name) ? [] : [name])));
  };

  async function object(name: string, bytes: Uint8Array): Promise<Piece> {
    const piece = { name, bytes: bytes.length, sha256: sumOf(bytes) };
    await store.put(name, bytes);
    const back = await store.get(name);
    if (back === undefined || sumOf(back) !== piece.sha256)
      throw new Error(`${store.where}: ${name} does not come back as it was written`);
    return piece;
  }

  return {
    store,
    manifest,
    files,
    async pieces(path, from, to) {
      const pieces: Piece[] = [];
      for (let at = from; at < to; at += PIECE_BYTES) {
        const bytes = await readRange(local.files, local.dataDir, path, at, Math.min(to, at + PIECE_BYTES));
        pieces.push(await object(nameFor(path, at), bytes));
      }
      return pieces;
    },
    put(file) {
      leave(files.get(file.path)?.pieces ?? [], file.pieces);
      files.set(file.path, file);
      isChanged = true;
    },
    drop(path) {
      leave(files.get(path)?.pieces ?? []);
      isChanged = files.delete(path) || isChanged;
    },
    setOpen(file) {
      // What a sealed segment took over still counts.
      const sealed = manifest.open ? (files.get(manifest.open.path)?.pieces ?? []) : [];
      leave(manifest.open?.pieces ?? [], [...(file?.pieces ?? []), ...sealed]);
      manifest.open = file;
    },
    async commit() {
      if (isChanged) {
        const bytes = Buffer.from(JSON.stringify([...files.values()]));
        const catalogue = await object(nameFor('catalogue', files.size), bytes);
        leave(manifest.catalogue ? [manifest.catalogue] : []);
        manifest.catalogue = catalogue;
        isChanged = false;
      }
      manifest.at = clock();
      const bytes = Buffer.from(JSON.stringify(manifest));
      try {
        head = await store.replaceHead(bytes, head);
      } catch (error) {
        if (!(error instanceof HeadTaken)) {
          attempted = bytes;
          throw error;
        }
        // An answer that was lost looks the same: then what stands there is what was written before.
        const found = await store.readHead();
        if (found === undefined || !(found.bytes.equals(bytes) || attempted?.equals(found.bytes))) throw error;
        head = found.bytes.equals(bytes) ? found.version : await store.replaceHead(bytes, found.version);
      }
      attempted = undefined;
      const gone = old;
      old = [];
      for (const name of gone) await store.remove(name);
    },
    async sweep() {
      const counted = [...files.values(), ...(manifest.open ? [manifest.open] : [])].flatMap(({ pieces }) => pieces);
      const names = new Set([...counted, ...(manifest.catalogue ? [manifest.catalogue] : [])].map(({ name }) => name));
      for (const name of await store.list()) if (!names.has(name)) await store.remove(name);
    },
  };
}

/**
 * Where a piece that ends at `end` should begin, and which pieces before it stay: a small one is joined with those before it that are
 * no larger, so that a file has few pieces and no byte is copied more often than their number doubles.
 */
export function joined(file: Copied, end: number): { from: number; kept: Piece[] } {
  const kept = [...file.pieces];
  let from = bytesOf(file);
  for (let last = kept.at(-1); last && last.bytes <= end - from; last = kept.at(-1)) {
    if (end - from + last.bytes > PIECE_BYTES) break;
    from -= last.bytes;
    kept.pop();
  }
  return { from, kept };
}
