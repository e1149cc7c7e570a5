import { execFile } from 'node:child_process';
import { join } from 'node:path';

const entry = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');

/** Runs `assay` as a person would; never rejects. */
export function assay(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    execFile(
      process.execPath,
      [entry, ...args],
      { env: { ...process.env, LOG_LEVEL: 'silent', ...env }, timeout: 60_000 },
      (failure, out, error) => resolve({ code: failure ? Number(failure.code ?? -1) : 0, out, error }),
    );
  });
}
