import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../domain/errors.ts';
import { createOutage } from '../../domain/outage.ts';
import type { Journal } from '../journal.ts';
import type { Files } from '../local/files.ts';
import { type Checked, checkCopy } from './check.ts';
import { claimMirror, MirrorRefused } from './claim.ts';
import type { Copy } from './copy.ts';
import { copyFolders, snapshotsOf } from './folders.ts';
import { copySegments } from './segments.ts';
import { HeadTaken, type MirrorStore } from './store.ts';

/** Follows the journal of this machine into a mirror. Decisions never wait for it. */
export interface Mirror {
  stats(): MirrorStats;
  /** The last sequence that a restore from the mirror would not need the journal for. */
  through(): number;
  /** Copies what there is now. Throws where the mirror is away. */
  pass(): Promise<void>;
  /** Copies again what was changed where it lay. Throws `unavailable` where the mirror is away. */
  refresh(): Promise<void>;
  /** Reads all of the mirror against its checksums, and mends from here what fails them. */
  check(): Promise<Checked>;
  /** Copies what is left, as far as a moment allows. */
  close(): Promise<void>;
}

export interface MirrorStats {
  /** Away and behind: it is tried again. Refused: somebody must look. */
  state: 'ok' | 'behind' | 'away' | 'refused';
  through: number;
  /** When the newest record in it was accepted; undefined before the first. */
  throughAt: number | undefined;
  lagRecords: number;
  lagSeconds: number;
  /** Objects that failed their checksum and could not be mended. */
  damaged: number;
  problem?: string | undefined;
}

export interface MirrorOptions {
  open(): Promise<MirrorStore>;
  dataDir: string;
  journal: Pick<Journal, 'durable' | 'status'>;
  files: Files;
  clock: () => number;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
  everyMs: number;
  /** Further behind than this it is told as behind. */
  maxLagMs: number;
  /** At which the mirror is read back. */
  bytesPerSecond: number;
}

const CLOSE_MS = 20_000;
const FIRST_CHECK_MS = 600_000;
const CHECK_EVERY_MS = 86_400_000;
const MAX_PAUSE_MS = 60_000;

export function createMirror(options: MirrorOptions): Mirror {
  const { dataDir, journal, files, clock, log, everyMs, maxLagMs, bytesPerSecond } = options;
  const closing = new AbortController();
  const outage = createOutage((reason) => log.warn({ reason }, 'the mirror of the journal is away; it is tried again'));
  let store: MirrorStore | undefined;
  let copy: Copy | undefined;
  let refused: string | undefined;
  let damaged: string[] = [];
  let caughtUpAt = clock();
  let checkAt = clock() + FIRST_CHECK_MS;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other. What fails is told, and thrown again. */
  function exclusively<T>(work: (copy: Copy) => Promise<T>): Promise<T> {
    const done = turn.then(async () => {
      if (refused !== undefined) throw new MirrorRefused(refused);
      try {
        const result = await work((copy ??= await claim()));
        outage.mended();
        return result;
      } catch (error) {
        await failed(error);
        throw error;
      }
    });
    turn = done.catch(() => {});
    return done;
  }

  async function claim(): Promise<Copy> {
    store ??= await options.open();
    const claimed = await claimMirror(store, { files, dataDir, clock, durable: journal.durable });
    log.info({ mirror: store.where, through: claimed.manifest.through }, 'the journal is mirrored');
    return claimed;
  }

  async function failed(error: unknown): Promise<void> {
    if (error instanceof HeadTaken)
      refused = `${store?.where} was taken over by another server, so this one does not write there any more`;
    else if (error instanceof MirrorRefused) refused = error.message;
    if (refused === undefined) return outage.failed(error);
    log.warn({ reason: refused }, 'the journal is not mirrored');
    await store?.close().catch(() => {});
    store = undefined;
    copy = undefined;
  }

  function pass(): Promise<void> {
    return exclusively(async (copy) => {
      const begunAt = clock();
      const { durable } = journal;
      await copySegments(copy, { files, dataDir, durable, begins: journal.status().begins ?? 1 });
      await copyFolders(copy, { files, dataDir });
      caughtUpAt = begunAt;
    });
  }

  const look = (copy: Copy, what: { mirror: boolean }) =>
    checkCopy(copy, { files, dataDir, ...what }, async (bytes) => {
      if (what.mirror)
        await sleep((1_000 * bytes) / Math.max(1, bytesPerSecond), undefined, { signal: closing.signal });
    });

  async function check(): Promise<Checked> {
    const found = await exclusively((copy) => look(copy, { mirror: true }));
    for (const what of found.mended) log.warn({ what }, 'the mirror was damaged there and is mended from the journal');
    for (const what of found.damaged)
      log.warn({ what }, 'the mirror is damaged there, and there is nothing here to mend it from');
    damaged = found.damaged;
    return found;
  }

  const running = (async () => {
    for (let ms = everyMs; ; ) {
      await sleep(ms, undefined, { signal: closing.signal, ref: false });
      const isDone = await pass().then(
        () => true,
        () => false,
      );
      ms = isDone ? everyMs : Math.min(MAX_PAUSE_MS, Math.max(2 * ms, everyMs));
      if (refused !== undefined) return;
      if (!isDone || bytesPerSecond === 0 || clock() < checkAt) continue;
      checkAt = clock() + CHECK_EVERY_MS;
      await check().catch(() => {});
    }
  })().catch(() => {
    // Closed.
  });

  return {
    pass,
    check,
    async refresh() {
      try {
        await pass();
        await exclusively((copy) => look(copy, { mirror: false }));
      } catch (error) {
        const why = (error as Error).message;
        throw new AssayError('unavailable', `the mirror of the journal is away: ${why}`, { retryAfterSeconds: 5 });
      }
    },
    through() {
      if (!copy) return 0;
      const [, older = 0] = snapshotsOf(copy);
      return Math.min(copy.manifest.through, older);
    },
    stats() {
      const through = copy?.manifest.through ?? 0;
      const lagRecords = Math.max(0, journal.durable - through);
      const lagSeconds = lagRecords === 0 ? 0 : Math.max(0, Math.round((clock() - caughtUpAt) / 1_000));
      const state = refused ? 'refused' : outage.reason ? 'away' : 1_000 * lagSeconds > maxLagMs ? 'behind' : 'ok';
      const told = damaged.length > 0 ? `${damaged.length} of its objects are damaged: ${damaged[0]}` : undefined;
      const throughAt = through > 0 ? copy?.manifest.throughAt : undefined;
      return {
        ...{ state, through, throughAt, lagRecords, lagSeconds, damaged: damaged.length },
        problem: refused ?? outage.reason ?? told,
      };
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      // A store that is away must not hold up the end.
      const isAway = refused !== undefined || outage.reason !== undefined;
      const last = isAway ? turn : pass().catch(() => {});
      await Promise.race([Promise.all([running, last]), sleep(CLOSE_MS, undefined, { ref: false })]);
      await store?.close();
    },
  };
}
