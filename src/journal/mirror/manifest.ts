import { createHash } from 'node:crypto';
import type { MirrorStore } from './store.ts';

/** A part of a file, an object of its own. */
export interface Piece {
  name: string;
  bytes: number;
  sha256: string;
}

/** A file of the data directory, by its path there: its pieces one behind the other. */
export interface Copied {
  path: string;
  pieces: Piece[];
}

/** The head of a mirror, as JSON: what of it counts. */
export interface Manifest {
  version: 1;
  /** Which journal it is a copy of: drawn when that was first mirrored. */
  journal: string;
  /** Goes up with each process that takes the mirror; the other is drawn by it, so that two who count alike are told apart. */
  writer: number;
  drawn: string;
  /** When it was written, milliseconds. */
  at: number;
  /** The newest record that is here, and when that was accepted (milliseconds). */
  through: number;
  throughAt: number;
  /** The first sequence that is held whole. */
  begins: number;
  /** Holds `Copied[]`: every file but the open one. Apart, because it changes seldom. */
  catalogue: Piece | null;
  /** The segment that is being written, as far as it is durable. */
  open: Copied | null;
}

export const bytesOf = ({ pieces }: Copied): number => pieces.reduce((sum, { bytes }) => sum + bytes, 0);

export const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Throws where it is none, or one of a later release. */
export function parseManifest(bytes: Buffer, where: string): Manifest {
  let found: Partial<Manifest> | null;
  try {
    found = JSON.parse(bytes.toString('utf8')) as Partial<Manifest>;
  } catch {
    throw new Error(`${where}: its manifest.json is damaged`);
  }
  if (found?.version !== 1) throw new Error(`${where}: its manifest.json is of version ${found?.version}, not 1`);
  return found as Manifest;
}

/** The files that a manifest names but for the open one. Throws where they are damaged. */
export async function readCatalogue(store: MirrorStore, { catalogue }: Manifest): Promise<Copied[]> {
  if (catalogue === null) return [];
  const bytes = await store.get(catalogue.name);
  if (bytes === undefined || sumOf(bytes) !== catalogue.sha256)
    throw new Error(`${store.where}: ${catalogue.name} ${bytes ? 'fails its checksum' : 'is not there'}`);
  return JSON.parse(bytes.toString('utf8')) as Copied[];
}
