/**
 * Where a copy of a journal is kept: a folder, or a bucket. Objects are written once, under names that are never used again, and one
 * of them, the head, is replaced: only by whoever read what it was. So two who write at once are told apart by the head alone, and
 * what the one who lost has written stands in nobody's way.
 */
export interface MirrorStore {
  /** As people write it, without secrets. */
  readonly where: string;
  /** Undefined where there is no such object. */
  get(name: string): Promise<Buffer | undefined>;
  /** Durable when it resolves. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Nothing where there is none. */
  remove(name: string): Promise<void>;
  /** Names of all objects but the head. */
  list(): Promise<string[]>;
  readHead(): Promise<{ bytes: Buffer; version: string } | undefined>;
  /** `was` is the version that was read or written last, undefined where there was none. Resolves with the new one. Throws `HeadTaken`. */
  replaceHead(bytes: Uint8Array, was: string | undefined): Promise<string>;
  close(): Promise<void>;
}

/** Another one has written the head meanwhile. */
export class HeadTaken extends Error {}
