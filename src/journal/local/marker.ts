import type { Log } from './log.ts';
import { writeMark } from './segment.ts';

/** Notes in the header of the active segment what is durable (see segment.ts), when nothing was written for a while. */
export interface Marker {
  /** Something was written: waits anew. */
  restart(): void;
  /** Notes it now, durably, and stops. */
  close(): Promise<void>;
}

export function createMarker(log: Log, afterMs: number, idle: () => boolean, onError: (error: Error) => void): Marker {
  let marked = log.durable;
  let marking: Promise<void> | undefined;
  const timer = setTimeout(tick, afterMs).unref();

  function tick(): void {
    if (marking !== undefined || !idle()) return;
    marking = mark()
      .then(() => {}, onError)
      .finally(() => {
        marking = undefined;
      });
  }

  /** False where there is nothing to note: a sealed segment has its footer. */
  async function mark(): Promise<boolean> {
    const active = log.segments.at(-1);
    const sequence = log.durable;
    if (active?.file === undefined || active.sealed || marked === sequence) return false;
    await writeMark(active, sequence);
    marked = sequence;
    return true;
  }

  return {
    restart: () => void timer.refresh(),
    async close() {
      clearTimeout(timer);
      await marking;
      if (idle() && (await mark())) await log.segments.at(-1)!.file!.sync();
    },
  };
}
