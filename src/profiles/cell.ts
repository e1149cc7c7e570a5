import { LABEL_FRAUD, LABEL_LEGITIMATE } from '../domain/event.ts';
import { PAYMENT_EVENT_TYPES } from '../domain/payment-event.ts';
import { mix } from './hash.ts';

/**
 * What became known of an event, in one cell: a bit for each of these. The label in force is the two lowest (0 unknown,
 * 1 fraud, 2 legitimate, never both); above them is what
 * became of it, each there once it was told. Bits are for ever: what is new goes last.
 */
export const TRUTHS = ['fraud', 'legitimate', ...PAYMENT_EVENT_TYPES] as const;
export type Truth = (typeof TRUTHS)[number];

export const LABEL_BITS = LABEL_FRAUD | LABEL_LEGITIMATE;
/** Where outcomes begin among the truths. */
export const FIRST_OUTCOME = 2;
export const truthBit = (truth: number) => 1 << truth;
export const outcomeBit = (outcome: number) => truthBit(FIRST_OUTCOME + outcome);

/** A 32-bit hash of what a cell says of an event: a sum over its bits, so that each may come and go alone. */
export function mixCell(id: number, cell: number): number {
  let sum = 0;
  for (let bits = cell; bits !== 0; bits &= bits - 1) sum = (sum + mix(id, bits & -bits)) | 0;
  return sum;
}
