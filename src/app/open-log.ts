import { sentryStream, sentryTarget } from '../adapters/http/sentry.ts';
import { codeVersion } from '../cli/paths.ts';
import type { Config } from '../config.ts';
import { type CountedLog, createLog } from './log.ts';

/** The log of a server or a worker, and its errors to Sentry where that is told. Throws an Error where the DSN is none. */
export function openLog({
  logLevel,
  sentryDsn,
  namespace,
}: Pick<Config, 'logLevel' | 'sentryDsn' | 'namespace'>): CountedLog {
  if (sentryDsn === undefined) return createLog(logLevel);
  const to = { release: `assay@${codeVersion()}`, environment: namespace, clock: Date.now };
  return createLog(logLevel, undefined, sentryStream(sentryTarget(sentryDsn), to));
}
