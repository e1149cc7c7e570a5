/**
 * A number that an expression asks for: a velocity call or a feature of the catalogue. Its shape is that of a feature's
 * definition, so that `features/compile.ts` turns the requests of a whole policy into one pass.
 */
export interface FeatureRequest {
  name: string;
  operation: string;
  entity?: string;
  field?: string;
  windowSeconds?: number;
  delaySeconds?: number;
  self?: boolean;
  parameters?: Record<string, number | string>;
}

/** The requests of one policy, each once: an expression reads `values[slot]`. */
export interface Requests {
  readonly all: readonly FeatureRequest[];
  /** The slot of a request; an equal one shares it. */
  slot(request: FeatureRequest): number;
}

export function createRequests(): Requests {
  const all: FeatureRequest[] = [];
  const slots = new Map<string, number>();
  return {
    all,
    slot: (request) => {
      let slot = slots.get(request.name);
      if (slot === undefined) slots.set(request.name, (slot = all.push(request) - 1));
      return slot;
    },
  };
}

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Profiles keep no more of the past in exact rows and day buckets. */
export const MAX_WINDOW_SECONDS = 60 * 86_400;

/** Seconds of a window such as `90s`, `10m`, `2h` or `7d`; undefined where it is none. */
export function windowSeconds(text: string): number | undefined {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * UNIT_SECONDS[match[2]];
}
