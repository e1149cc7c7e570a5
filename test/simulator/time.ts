/**
 * Time of a simulated world: it passes when it is told to, and then whatever is due happens. While it is installed, timers of the
 * whole process are its own, so that a run is the same every time. The wall clock may be set, as an administrator or NTP does.
 */
export interface SimulatedTime {
  /** Of the wall clock, milliseconds since the epoch. */
  now(): number;
  pass(ms: number): void;
  /** Sets the wall clock forward or back; timers do not notice. */
  step(ms: number): void;
  /** Gives the process its own timers back; what waits here never comes. */
  uninstall(): void;
}

interface Timer {
  at: number;
  order: number;
  ms: number;
  repeats: boolean;
  call: () => void;
}

/** As much of a Timeout as is used. */
interface Handle {
  unref(): Handle;
  ref(): Handle;
  refresh(): Handle;
  timer: Timer;
}

export function simulatedTime(start: number): SimulatedTime {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval };
  const timers = new Set<Timer>();
  let elapsed = 0;
  let stepped = 0;
  let order = 0;

  function add(call: () => void, ms = 0, repeats = false): Handle {
    const timer: Timer = { at: 0, order: 0, ms: Math.max(1, ms), repeats, call };
    const arm = () => {
      timer.at = elapsed + timer.ms;
      timer.order = order++;
      timers.add(timer);
    };
    arm();
    const same = () => handle;
    const refresh = () => {
      arm();
      return handle;
    };
    const handle: Handle = { unref: same, ref: same, refresh, timer };
    return handle;
  }
  const drop = (handle: Partial<Handle> | undefined) => void (handle?.timer && timers.delete(handle.timer));

  function due(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers)
      if (timer.at <= until && (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)))
        first = timer;
    return first;
  }

  Object.assign(globalThis, {
    setTimeout: (call: () => void, ms?: number) => add(call, ms),
    setInterval: (call: () => void, ms?: number) => add(call, ms, true),
    clearTimeout: drop,
    clearInterval: drop,
  });
  return {
    now: () => start + Math.floor(elapsed) + stepped,
    pass(ms) {
      const until = elapsed + ms;
      for (let timer = due(until); timer; timer = due(until)) {
        elapsed = Math.max(elapsed, timer.at);
        if (timer.repeats) timer.at += timer.ms;
        else timers.delete(timer);
        timer.call();
      }
      elapsed = until;
    },
    step(ms) {
      stepped += ms;
    },
    uninstall: () => void Object.assign(globalThis, real),
  };
}
