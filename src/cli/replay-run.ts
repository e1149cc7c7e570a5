import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import pino from 'pino';
import { openCore, openIntake } from '../app.ts';
import { readConfig } from '../config.ts';
import { loadArtifact } from '../models/artifact.ts';
import { presetOf } from '../training/presets.ts';
import { assertOwnJournal, type Control, readControl } from './control.ts';
import { fileSource } from './history.ts';
import { defaultModelDir } from './paths.ts';
import { createProgress } from './progress.ts';
import { coreSink, newestDecision } from './replay-core.ts';
import type { ReplayFlags } from './replay-flags.ts';
import { type ReplaySummary, replayInto } from './replay-into.ts';
import { serverSink } from './replay-server.ts';

const DAY_MS = 86_400_000;

export async function runReplay(file: string, flags: ReplayFlags): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const given = { ASSAY_DATA_DIR: flags.dataDir, ASSAY_MODEL_DIR: flags.model };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { map, config } = await fileSource(
    flags,
    readConfig({ ...process.env, ...set }, { modelDir: defaultModelDir }),
  );
  const delayMs = (flags.delayDays ?? presetOf(flags.format).delayDays) * DAY_MS;
  const control = readControl(config.dataDir);
  if (control && flags.model) throw new Error('A server holds this data directory: it decides with its own model.');

  if (control && !flags.live) throw held(control, config.dataDir, file);
  if (!control) assertOwnJournal(config);
  // A server goes on without its model; whoever names one here wants that one.
  if (flags.model !== undefined) loadArtifact(flags.model);

  const moment = { now: 0 };
  const core = control
    ? undefined
    : await openCore(config, { clock: () => moment.now, log: pino({ level: 'warn' }, pino.destination(2)) });
  const newest = core && !flags.live ? await newestDecision(core.journal) : undefined;
  const sink = core ? coreSink(core, moment, newest) : serverSink(control!);
  const bar = createProgress('replaying', 1, { unit: 'bytes', quiet: flags.json });
  const began = performance.now();
  try {
    const summary = await replayInto(sink, file, map, {
      delayMs,
      rules: openIntake(config, undefined, 'files'),
      now: Date.now(),
      onNotes: (notes) => {
        for (const note of notes) console.error(`note: ${note}`);
      },
      maxErrors: flags.maxErrors,
      onError: (error) => console.error(`skipped ${error.message}`),
      onProgress(bytes, total) {
        bar.total(total);
        bar.update(bytes);
      },
    });
    for (const note of untoldNotes(summary.untold, delayMs / DAY_MS)) console.error(`note: ${note}`);
    const seconds = Math.round(performance.now() - began) / 1000;
    const perSecond = Math.round(summary.transactions / seconds);
    if (flags.json) console.log(JSON.stringify({ ...summary, seconds, perSecond }));
    else {
      const { transactions, repeated, labels, events, errors, decisions } = summary;
      console.log(
        `replayed ${transactions} transactions in ${seconds} s (${perSecond}/s), ${labels} labels and ${events} events learnt`,
      );
      console.log(`approve ${decisions.approve}, review ${decisions.review}, decline ${decisions.decline}`);
      if (repeated > 0) console.log(`${repeated} were there already`);
      if (errors > 0) console.log(`skipped ${errors} bad rows`);
    }
  } finally {
    bar.stop();
    await core?.close();
  }
}

/** Payments of which the file says what they were, and this directory does not know it. */
function untoldNotes({ later, undated }: ReplaySummary['untold'], delayDays: number): string[] {
  const rows = (count: number) => `${count} ${count === 1 ? 'label' : 'labels'}`;
  const way = '`assay labels import` tells them';
  return [
    ...(later > 0
      ? [
          `${rows(later)} became known after the last row (--delay-days ${delayDays} where the file does not say) and ${later === 1 ? 'was' : 'were'} not told; ${way}.`,
        ]
      : []),
    ...(undated > 0
      ? [
          `${rows(undated)} of legitimate payments ${undated === 1 ? 'was' : 'were'} not told, since the file does not say when they became known (labelledAt); ${way}.`,
        ]
      : []),
  ];
}

/** History among the decisions of today changes both. */
function held({ url, pid }: Control, dataDir: string, file: string): Error {
  return new Error(
    `Refused, and nothing was written: a server (process ${pid}, ${url}) holds the data directory ${dataDir}. The rows of ${file} would be ` +
      'decided by its model among the payments of today: profiles would learn them, and they would stand in its queue, cases, ' +
      'statistics, feed and webhooks. Give --data-dir for a directory of its own, or --live if that is what you want.',
  );
}
