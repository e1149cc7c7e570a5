import { withoutValues } from './quoted.ts';

/** Why a part is away, for whoever looks after it. */
export interface Outage {
  /** Of the newest failure; undefined while the part answers. */
  readonly reason: string | undefined;
  /** `isTold`: by whoever calls, so that it is only kept. */
  failed(error: unknown, isTold?: boolean): void;
  mended(): void;
}

/** An outage may change its reason, but not without end. */
const MAX_TOLD = 8;

/** `tell` is called once for each reason, until the part is back. */
export function createOutage(tell: (reason: string) => void): Outage {
  const told = new Set<string>();
  let reason: string | undefined;
  return {
    get reason() {
      return reason;
    },
    failed(error, isTold = false) {
      reason = reasonOf(error);
      if (isTold || told.has(reason) || told.size >= MAX_TOLD) return;
      told.add(reason);
      tell(reason);
    },
    mended() {
      reason = undefined;
      told.clear();
    },
  };
}

/** The innermost message: clients wrap what the server said in what they were about to do. */
export function reasonOf(error: unknown): string {
  const { errors, cause, message } = error as { errors?: unknown[]; cause?: unknown; message?: string };
  const inner = errors?.at(-1) ?? cause;
  if (inner instanceof Error) return reasonOf(inner);
  const { code } = error as { code?: unknown };
  return withoutValues((message || (typeof code === 'string' ? code : String(error))).replace(/\.$/, ''));
}
