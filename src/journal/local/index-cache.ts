import { dirname } from 'node:path';
import type { Files } from './files.ts';
import { readIndex, type SegmentIndex, writeIndex } from './index-file.ts';
import { loadSegment } from './recovery.ts';
import { newSegment, type Segment } from './segment.ts';

/** Indexes of sealed segments, read when needed; the least recently used are let go. */
export interface IndexCache {
  get(segment: Segment): Promise<SegmentIndex>;
  /** Writes it anew from the segment: its file was found damaged. */
  renew(segment: Segment): Promise<SegmentIndex>;
  /** Its segment is gone. */
  forget(segment: Segment): void;
}

export function createIndexCache(files: Files, maxBytes: number): IndexCache {
  // In order of use, the latest last.
  const held = new Map<Segment, Promise<SegmentIndex>>();
  const sizes = new Map<Segment, number>();
  let total = 0;

  function drop(segment: Segment): void {
    held.delete(segment);
    total -= sizes.get(segment) ?? 0;
    sizes.delete(segment);
  }

  async function load(segment: Segment): Promise<SegmentIndex> {
    try {
      const index = (await readIndex(files, segment)) ?? (await rebuild(files, segment));
      const bytes = 12 * index.hashes.length + 4 * index.offsets.length;
      sizes.set(segment, bytes);
      total += bytes;
      for (const oldest of held.keys()) {
        if (total <= maxBytes || oldest === segment) break;
        drop(oldest);
      }
      return index;
    } catch (error) {
      drop(segment);
      throw error;
    }
  }

  return {
    get(segment) {
      const index = held.get(segment) ?? load(segment);
      held.delete(segment);
      held.set(segment, index);
      return index;
    },
    renew: (segment) => rebuild(files, segment),
    forget: drop,
  };
}

/** Reads the segment through and writes its index anew. */
async function rebuild(files: Files, segment: Segment): Promise<SegmentIndex> {
  const copy = newSegment(dirname(segment.path), segment.first);
  try {
    await loadSegment(files, copy, segment.first + segment.count);
    return await writeIndex(files, copy);
  } finally {
    await copy.file?.close();
  }
}
