/** What lets others have their turn: undefined while this one's is not over. */
export type Pause = () => Promise<void> | undefined;

export interface TurnPorts {
  /** Monotonic milliseconds. */
  stopwatch: () => number;
  /** Resolves once what waits has been seen to. */
  breathe: () => Promise<unknown>;
}

/** Off the path of decisions: a turn is short, and everything that waits comes between two. */
const TURN_MS = 3;
/** Between two looks at the time. */
const STEPS = 16;

export function createPause({ stopwatch, breathe }: TurnPorts): Pause {
  let began = stopwatch();
  let steps = 0;
  return () => {
    if (++steps % STEPS !== 0 || stopwatch() - began < TURN_MS) return undefined;
    return breathe().then(() => {
      began = stopwatch();
    });
  };
}
