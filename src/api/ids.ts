import { randomFillSync } from 'node:crypto';
import { newId } from '../domain/id.ts';

const pool = Buffer.allocUnsafe(16 * 512);
let at = pool.length;

/** `newId` with its random bytes drawn 512 ids at a time: a call of the system for each costs more than the rest. */
export function nextId(now: number): string {
  return newId(now, draw);
}

function draw(size: number): Uint8Array {
  if (at + size > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  at += size;
  return pool.subarray(at - size, at);
}
