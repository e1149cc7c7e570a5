import type { Outcome } from '../domain/decision.ts';

/** Two calibrated probabilities: from `review` on a person looks, from `decline` on it is refused. */
export function outcomeOf(probability: number, thresholds: { review: number; decline: number }): Outcome {
  if (probability >= thresholds.decline) return 'decline';
  return probability >= thresholds.review ? 'review' : 'approve';
}
