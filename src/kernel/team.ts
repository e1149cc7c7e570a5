/**
 * A team of threads that run the same program over one shared memory, each on its own share of the rows, and meet at
 * barriers. Every thread takes the same decisions from the same shared numbers, so no commands are sent about.
 *
 *   control (Int32, shared) = | arrived | phase | waiting | state |
 *
 * The thread that founds the team is its first; it may block, so it works within a synchronous call.
 */
import { Worker, workerData } from 'node:worker_threads';

/** A thread's place in its team. */
export interface Team {
  /** 0 … threads − 1. */
  thread: number;
  threads: number;
  /**
   * Returns when every thread has called it as often. All that was written before is then seen by all. Throws TeamLost
   * where a thread failed or did not come.
   */
  barrier(): void;
}

export interface FoundedTeam extends Team {
  /** Ends all other threads, whether they have finished or wait. Must be called once. */
  close(): void;
  /** Fulfilled when all of them have ended; the event loop must run for it. */
  ended: Promise<unknown>;
}

/** A thread of the team failed, or did not come to a barrier in time. */
export class TeamLost extends Error {}

/** One thread on its own: nobody to wait for. */
export const SOLO: Team = { thread: 0, threads: 1, barrier: () => {} };

const ARRIVED = 0;
const PHASE = 1;
const WAITING = 2;
const STATE = 3;

const RUNNING = 0;
const CLOSED = 1;
const FAILED = 2;

/** Looks at the phase before a thread goes to sleep: a few microseconds, within which most barriers open. */
const SPINS = 3000;
/** A thread that has not come by then is given up. */
const PATIENCE_MS = 60_000;

interface Seat<Data> {
  control: SharedArrayBuffer;
  thread: number;
  threads: number;
  data: Data;
}

/** Starts threads 1 … threads − 1 at `script`, which calls `joinTeam`. `data` is cloned, shared memory is shared. */
export function foundTeam<Data>(threads: number, script: URL, data: Data, patienceMs = PATIENCE_MS): FoundedTeam {
  const control = new SharedArrayBuffer(16);
  const state = new Int32Array(control);
  const exits: Promise<void>[] = [];
  for (let thread = 1; thread < threads; thread++) {
    const seat: Seat<Data> = { control, thread, threads, data };
    const worker = new Worker(script, { workerData: seat, execArgv: [] });
    // Heard only when this call is long over; the barrier has told by then.
    worker.on('error', () => {});
    exits.push(new Promise((resolve) => worker.once('exit', () => resolve())));
    worker.unref();
  }
  return {
    ...place(state, 0, threads, patienceMs),
    close: () => end(state, CLOSED),
    ended: Promise.all(exits),
  };
}

/** Runs `work` in a thread that `foundTeam` started. What it throws fails the team. */
export function joinTeam<Data>(work: (team: Team, data: Data) => void): void {
  const { control, thread, threads, data } = workerData as Seat<Data>;
  const state = new Int32Array(control);
  try {
    work(place(state, thread, threads, PATIENCE_MS), data);
  } catch (error) {
    if (error instanceof TeamLost) return;
    end(state, FAILED);
    throw error;
  }
}

function place(state: Int32Array, thread: number, threads: number, patienceMs: number): Team {
  return {
    thread,
    threads,
    barrier() {
      const phase = Atomics.load(state, PHASE);
      checkRunning(state);
      if (Atomics.add(state, ARRIVED, 1) === threads - 1) {
        Atomics.store(state, ARRIVED, 0);
        Atomics.add(state, PHASE, 1);
        if (Atomics.load(state, WAITING) > 0) Atomics.notify(state, PHASE);
        return;
      }
      for (let i = 0; i < SPINS; i++) if (Atomics.load(state, PHASE) !== phase) return checkRunning(state);
      Atomics.add(state, WAITING, 1);
      const result = Atomics.wait(state, PHASE, phase, patienceMs);
      Atomics.sub(state, WAITING, 1);
      if (result === 'timed-out') {
        end(state, FAILED);
        throw new TeamLost(`a thread of the team did not come within ${patienceMs} ms`);
      }
      checkRunning(state);
    },
  };
}

function checkRunning(state: Int32Array): void {
  if (Atomics.load(state, STATE) !== RUNNING)
    throw new TeamLost('a thread of the team has failed, or the team is closed');
}

/** Opens every barrier for good: who waits wakes and finds the state. */
function end(state: Int32Array, how: number): void {
  Atomics.compareExchange(state, STATE, RUNNING, how);
  Atomics.add(state, PHASE, 1);
  Atomics.notify(state, PHASE);
}
