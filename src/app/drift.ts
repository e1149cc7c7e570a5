import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type pino from 'pino';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { DriftData } from '../domain/records.ts';
import { createDrift, type Drift, type DriftStore } from '../engine/drift/drift.ts';
import { BLOCK_MS, type Block } from '../engine/drift/history.ts';
import { BINS, type Series } from '../engine/drift/series.ts';
import type { Core } from './core.ts';

/** Records between two turns of others. */
const TURN = 200;

export function openDrift(config: Config, core: Core, clock: Clock, log: pino.Logger): Drift {
  const { journal, roster } = core;
  let read = 0;
  return createDrift({
    ...{ journal, clock },
    store: driftFile(join(config.dataDir, 'drift.json'), log),
    featuresOf(version) {
      try {
        return roster.servingOf(version)?.model.features;
      } catch {
        return undefined;
      }
    },
    pause: () => (++read % TURN === 0 ? breathe() : undefined),
    onError: (error) => log.warn({ err: error }, 'drift is not watched'),
  });
}

interface Saved {
  /** Of a block; absent where that was a quarter of a day. */
  blockMs?: number;
  through: number;
  alarms: DriftData[];
  blocks: { number: number; series: [name: string, ...numbers: number[]][] }[];
}

/**
 * What drift is compared with, in one file: whole or not at all. Of bins those are written that are not 0. One that cannot be read is
 * as good as none, and that is logged: the log is read back instead.
 */
export function driftFile(file: string, log: Pick<pino.Logger, 'warn'>): DriftStore {
  return {
    async load() {
      try {
        const { blockMs, through, alarms, blocks } = JSON.parse(await readFile(file, 'utf8')) as Saved;
        // Quarters of a day cannot be told apart by hours.
        if (blockMs !== BLOCK_MS) return NOTHING;
        return { through, alarms, blocks: blocks.map(unpacked) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn({ err: error }, 'the past of drift is not read');
        return NOTHING;
      }
    },
    async save(blocks, alarms, through) {
      const saved: Saved = { blockMs: BLOCK_MS, through, alarms: [...alarms], blocks: [] };
      for (const block of blocks) {
        saved.blocks.push(packed(block));
        await breathe();
      }
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, JSON.stringify(saved));
      await rename(`${file}.new`, file);
    },
  };
}

const NOTHING = { through: 0, alarms: [], blocks: [] };

function packed({ number, series }: Block): Saved['blocks'][number] {
  const rows = Array.from(series, ([name, { count, missing, sum, squares, bins }]): [string, ...number[]] => {
    const row: [string, ...number[]] = [name, count, missing, sum, squares];
    for (const [bin, times] of bins.entries()) if (times > 0) row.push(bin, times);
    return row;
  });
  return { number, series: rows };
}

function unpacked({ number, series }: Saved['blocks'][number]): Block {
  const rows = series.map(([name, count, missing, sum, squares, ...pairs]): [string, Series] => {
    const bins = new Uint32Array(BINS);
    for (let i = 0; i < pairs.length; i += 2) bins[pairs[i]] = pairs[i + 1];
    return [name, { count, missing, sum, squares, bins }];
  });
  return { number, series: new Map(rows) };
}
