import type { FeatureDefinition } from './definition.ts';

/** What a payment says of itself, without anybody's past: for scoring where nothing is known of who pays. */
export const statelessCatalogue: FeatureDefinition[] = [
  { name: 'amount', operation: 'amount' },
  { name: 'amount_below_round', operation: 'belowRound', parameters: { step: 50 } },
  { name: 'amount_small', operation: 'smallAmount', parameters: { limit: 5 } },
  { name: 'account_age_days', operation: 'accountAge' },
  { name: 'hour', operation: 'hour' },
  { name: 'weekday', operation: 'weekday' },
  { name: 'night', operation: 'night', parameters: { untilHour: 5 } },
  { name: 'category_risk', operation: 'encoding', field: 'category' },
  { name: 'location_risk', operation: 'encoding', field: 'location' },
];
