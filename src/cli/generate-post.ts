import { generate } from '../training/generator/generate.ts';
import type { GenerateOptions } from '../training/generator/transaction.ts';
import type { GenerateFlags } from './generate-flags.ts';
import { post } from './post.ts';
import type { PostSummary } from './post-summary.ts';
import { describe } from './post-summary.ts';
import { createProgress } from './progress.ts';

const SECONDS_A_DAY = 86_400;

/** Posts the stream, prints what came of it, and sets the exit code: 0 only if everything was decided. */
export async function postStream(flags: GenerateFlags, url: string): Promise<PostSummary> {
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  const now = Date.now();
  const progress = createProgress('post', flags.transactions, { unit: 'transactions', quiet: flags.json });
  try {
    const summary = await post(generate(streamOptions(flags, now)), {
      url,
      rate: flags.rate,
      concurrency: flags.concurrency,
      key: flags.key ?? process.env.API_KEY,
      dated: flags.dated,
      idPrefix: flags.dated ? '' : `${now.toString(36)}_`,
      labelDayMs: flags.labels ? flags.labelDay * 1000 : undefined,
      signal: stop.signal,
      onProgress: (done) => progress.update(done),
    });
    progress.stop();
    console.log(flags.json ? JSON.stringify(summary) : describe(summary));
    if (stop.signal.aborted) process.exitCode = 130;
    else if (summary.stopped !== undefined || Object.keys(summary.errors).length > 0) process.exitCode = 1;
    return summary;
  } finally {
    progress.stop();
    process.removeListener('SIGINT', interrupt);
  }
}

/**
 * Payments that happen now must come as thick as they do in life: a stream of months squeezed into minutes would give
 * every honest user the pace of a thief. So a live stream lasts as long as posting it takes, from many users.
 */
export function streamOptions(flags: GenerateFlags, now: number): GenerateOptions {
  const { transactions, seed, fraudRate } = flags;
  if (flags.dated) return { transactions, seed, fraudRate, users: flags.users, days: flags.days, start: flags.start };
  return {
    transactions,
    seed,
    fraudRate,
    users: flags.users ?? Math.min(50_000, Math.max(1_000, 2 * transactions)),
    days: flags.days ?? Math.max(transactions, 1) / flags.rate / SECONDS_A_DAY,
    start: flags.start ?? now,
  };
}
