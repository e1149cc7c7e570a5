import assert from 'node:assert/strict';
import type { Position } from '../../domain/position.ts';

/** Partitions that a place may name: all of a fleet's, and room. */
export const PARTITIONS = 1_024;
const MAX_OFFSET = Number.MAX_SAFE_INTEGER / PARTITIONS - 1;

/** A position as one integer, which Redis keeps in few bytes; within a partition it ascends with the offset. */
export function placeOf({ partition, offset }: Position): number {
  assert.ok(partition >= 0 && partition < PARTITIONS && offset >= 0 && offset < MAX_OFFSET, 'a position out of range');
  return offset * PARTITIONS + partition;
}

export function positionOf(place: number): Position {
  return { partition: place % PARTITIONS, offset: Math.floor(place / PARTITIONS) };
}
