import type { ShadowRows } from '../domain/shadow.ts';
import type { Journal } from '../journal/journal.ts';
import type { FoldedRoster } from './roster.ts';
import { createShadow, pastReport, type Shadow, type ShadowReport } from './shadow.ts';

/** The challenger that is scored now, and what is known of earlier ones. */
export interface Challengers {
  /** Whether the version was ever scored beside a champion. */
  has(version: string): boolean;
  /** Undefined where the version was never scored beside a champion. */
  report(version: string): Promise<(ShadowReport & { running: boolean }) | undefined>;
  /** Up to where the one that is scored has read the log; undefined where none is. */
  readonly position: number | undefined;
  close(): Promise<void>;
}

export interface ChallengerPorts {
  journal: Journal;
  roster: FoldedRoster;
  /** What is kept of a version. */
  open: (version: string) => ShadowRows;
  isKept: (version: string) => boolean;
  defer: (task: () => void) => void;
  linger: (task: () => void) => void;
  log: { warn(fields: object, message: string): void };
}

/** Follows the roster: begins and ends the scoring as its records say. */
export function createChallengers(ports: ChallengerPorts): Challengers {
  const { journal, roster, open, isKept, defer, linger, log } = ports;
  let current: Shadow | undefined;
  /** Closing comes before opening, since both may be of one file. */
  let changing: Promise<void> = Promise.resolve();

  roster.onShadow((challenger, since) => {
    changing = changing
      .then(async () => {
        const before = current;
        current = undefined;
        await before?.close();
        if (!challenger) return;
        const rows = open(challenger.model.version);
        current = createShadow({ journal, rows, challenger, since, servingOf: roster.servingOf, defer, linger, log });
      })
      .catch((error) => log.warn({ err: error }, 'the challenger is not scored'));
  });

  return {
    has: (version) => current?.version === version || isKept(version),
    async report(version) {
      await changing;
      if (current?.version === version) return { ...current.report(), running: true };
      if (!isKept(version)) return undefined;
      const rows = open(version);
      try {
        return { ...(await pastReport(rows)), running: false };
      } finally {
        await rows.close();
      }
    },
    get position() {
      return current?.position;
    },
    async close() {
      await changing;
      await current?.close();
    },
  };
}
