import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what must come true; it fails where that takes longer than 15 s. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`it did not come true: ${holds}`);
}
