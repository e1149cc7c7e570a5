import { Command, InvalidArgumentError } from 'commander';
import { parseTime } from '../intake/time.ts';
import type { GenerateFlags } from './generate-flags.ts';

/** `assay generate`: a stream of realistic payments, into a file or onto a server. */
export function generateCommand(): Command {
  return new Command('generate')
    .description('realistic payments with fraud among them: into a file, or posted to a server')
    .option('-n, --transactions <n>', 'how many', whole(0), 10_000)
    .option('--seed <n>', 'the same seed gives the same stream', whole(0), 1)
    .option('--users <n>', 'regular users (default: a fortieth of the transactions, 200 to 50,000)', whole(10))
    .option('--days <n>', 'length of the stream in days (default 120)', positive)
    .option('--start <date>', 'when it begins (default 2026-01-01)', date)
    .option('--fraud-rate <share>', 'share of frauds (default 0.008)', share)
    .option('--out <file>', 'file.csv, file.csv.gz, file.jsonl, file.jsonl.gz, or - for CSV on standard output')
    .option('--post <url>', 'post them to the server at this address instead')
    .option('--rate <n>', 'posts a second', positive, 100)
    .option('--key <key>', 'API key (default: API_KEY of the environment)')
    .option('--concurrency <n>', 'requests under way at once, at most', whole(1), 32)
    .option('--dated', 'post each with its own date from the stream; without, they happen now')
    .option(
      '--labels',
      'tell what becomes of each too: issuer’s answers, refunds, disputes, labels; their delays shortened',
    )
    .option('--label-day <seconds>', 'seconds that one day takes until something is told', positive, 1)
    .option('--json', 'print the summary as JSON')
    .action(async (flags: GenerateFlags) => {
      if ((flags.out === undefined) === (flags.post === undefined))
        throw new Error('Say where the transactions go: either --out <file> or --post <url>.');
      if (flags.out !== undefined) {
        const { writeStream } = await import('./generate-file.ts');
        await writeStream(flags, flags.out);
      } else {
        const { postStream } = await import('./generate-post.ts');
        await postStream(flags, flags.post as string);
      }
    });
}

function whole(low: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < low)
      throw new InvalidArgumentError(`A whole number from ${low} up is needed.`);
    return value;
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('A number above 0 is needed.');
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 0.5))
    throw new InvalidArgumentError('A share from 0 to 0.5 is needed.');
  return value;
}

function date(text: string): number {
  const instant = parseTime(text);
  if (!instant) throw new InvalidArgumentError('A date such as 2026-01-01 is needed.');
  return instant.time;
}
