import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Config } from '../config.ts';
import { createRates, type RateHistory, type Rates, readRates } from '../domain/rates.ts';

/** The ECB's daily reference rates: see `data/README.md`. */
const SHIPPED = join(import.meta.dirname, '..', '..', 'data', 'rates.csv.gz');
const LOOKED_AT_MS = 60_000;

interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface OpenRates extends Rates {
  /** Payments since the process began whose currency had no rate, by currency. */
  readonly missing: Readonly<Record<string, number>>;
  close(): void;
}

/**
 * The rates of the configuration. A file of one's own is read again when it changes; while it cannot be read the rates are those of
 * before, and the log says so. Throws an Error that names the file where there are none to begin with.
 */
export function openRates(
  config: Pick<Config, 'baseCurrency' | 'currencyRates' | 'ratesFile'>,
  log?: Log,
  lookedAtMs = LOOKED_AT_MS,
): OpenRates {
  const { baseCurrency, currencyRates, ratesFile } = config;
  const open = () => createRates(baseCurrency, currencyRates, historyOf(ratesFile));
  let rates = open();
  let stamp = stampOf(ratesFile);
  // By code of ISO 4217, so it stays small.
  const missing: Record<string, number> = {};
  const look = () => {
    const now = stampOf(ratesFile);
    if (now === stamp) return;
    stamp = now;
    try {
      rates = open();
      log?.info({ newest: rates.newest }, 'the rates are read again');
    } catch (error) {
      log?.error({ err: error }, 'the rates cannot be read; those of before serve on');
    }
  };
  const timer = ratesFile === undefined || ratesFile === 'none' ? undefined : setInterval(look, lookedAtMs).unref();
  return {
    base: baseCurrency,
    at(currency, time) {
      const found = rates.at(currency, time);
      if (found === undefined) missing[currency] = (missing[currency] ?? 0) + 1;
      return found;
    },
    missing,
    get source() {
      return rates.source;
    },
    get newest() {
      return rates.newest;
    },
    close: () => clearInterval(timer),
  };
}

let shipped: RateHistory | undefined;

function historyOf(file: string | undefined): RateHistory | undefined {
  if (file === 'none') return undefined;
  if (file !== undefined) return readRates(textOf(file), file);
  shipped ??= readRates(textOf(SHIPPED), 'European Central Bank');
  return shipped;
}

function textOf(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch (error) {
    throw new Error(`RATES_FILE: ${path} cannot be read: ${(error as Error).message}`);
  }
  return bytes.toString('utf8');
}

/** Changes when the file does. */
function stampOf(path: string | undefined): string {
  if (path === undefined || path === 'none') return '';
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'away';
  }
}
