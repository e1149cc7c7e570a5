import { Worker } from 'node:worker_threads';
import type { Dataset } from '../../src/training/dataset.ts';
import type { Figures, Task } from './candidates.ts';

export interface Pool {
  run(task: Task): Promise<Figures>;
  close(): Promise<void>;
}

interface Waiting {
  task: Task;
  done: (figures: Figures) => void;
}

/** Tasks in the order they are given, one a worker at a time. A worker that fails ends the program. */
export function createPool(size: number, data: Dataset, tick: () => void): Pool {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  const next = () => {
    while (idle.length > 0 && queue.length > 0) {
      const worker = idle.pop()!;
      const waiting = queue.shift()!;
      busy.set(worker, waiting);
      worker.postMessage({ task: waiting.task });
    }
  };
  const workers = Array.from({ length: size }, () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data });
    worker.on('message', ({ figures }: { figures: Figures }) => {
      busy.get(worker)!.done(figures);
      busy.delete(worker);
      idle.push(worker);
      tick();
      next();
    });
    worker.on('error', (error) => {
      throw error;
    });
    return worker;
  });
  idle.push(...workers);
  return {
    run: (task) =>
      new Promise((done) => {
        queue.push({ task, done });
        next();
      }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
