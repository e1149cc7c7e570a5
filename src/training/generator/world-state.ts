import type { Queue } from './heap.ts';
import type { Merchants } from './merchants.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';
import type { GeneratedTransaction } from './transaction.ts';

/** All that the generator holds. Nothing in it grows with the number of rows. */
export interface World {
  random: Random;
  start: number;
  /** Simulated end, Infinity for a stream without one. */
  end: number;
  people: Person[];
  drawPerson(): Person;
  merchants: Merchants;
  /** Addresses that many people share, by place. */
  carriers: string[][];
  offices: string[][];
  /** Recent households that a newcomer may belong to. */
  homes: (Person | undefined)[];
  /** Devices and addresses that thieves used lately; they use some of them again. */
  burnt: { device: string; ip: string }[];
  /** Planned payments, the next on top. */
  queue: Queue<GeneratedTransaction>;
  newId(prefix: string): string;
  /** Shortens a span of time, milliseconds, to what fits into a short stream. */
  fit(spanMs: number): number;
}
