/** What one look found. */
export interface Finding {
  /** What was looked at, such as `clock`, `journal`, `redis`. */
  check: string;
  /** A fault keeps Assay from working or from keeping its word; a warning will, or may; a note is to be known. */
  state: 'ok' | 'note' | 'warning' | 'fault';
  found: string;
  /** What to do; absent where nothing is to be done. */
  advice?: string;
}

/** What ends a look is what it found. */
export const reason = (error: unknown): string => {
  const { errors, message, code } = error as { errors?: Error[]; message?: string; code?: string };
  // Several addresses of one name are tried, and the error of all has no text of its own.
  if (errors?.length) return [...new Set(errors.map((one) => one.message))].join('; ');
  return (message || code || String(error)).replace(/\.$/, '');
};

/** Rejects after so long; what was begun is forgotten. */
export async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
