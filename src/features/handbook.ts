import type { FeatureDefinition } from './definition.ts';

const DAY = 86_400;
/** Labels are known after a week. */
const DELAY_DAYS = 7;
const DELAY = DELAY_DAYS * DAY;
const WINDOWS = [1, 7, 30];

/**
 * The 15 features of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi), chapter 3, "Baseline
 * feature transformation": the customer is the user, the terminal the merchant.
 */
export const handbookCatalogue: FeatureDefinition[] = [
  { name: 'amount', operation: 'amount' },
  { name: 'weekend', operation: 'weekend' },
  { name: 'night', operation: 'night', parameters: { untilHour: 6 } },
  ...WINDOWS.flatMap((days): FeatureDefinition[] => [
    { name: `customer_count_${days}d`, operation: 'count', entity: 'user', windowSeconds: days * DAY, self: true },
    { name: `customer_average_${days}d`, operation: 'average', entity: 'user', windowSeconds: days * DAY, self: true },
  ]),
  ...WINDOWS.flatMap((days): FeatureDefinition[] => {
    const window = { entity: 'merchant', windowSeconds: days * DAY, delaySeconds: DELAY };
    return [
      { name: `terminal_count_${days}d`, operation: 'count', ...window },
      { name: `terminal_risk_${days}d`, operation: 'fraudShare', ...window, parameters: { empty: 0 } },
    ];
  }),
];

const customer = { entity: 'user' } as const;
const terminal = { entity: 'merchant', delaySeconds: DELAY } as const;

/** The same and what tells more: the customer's habits, how the terminal's last known frauds lie, and whose the newest was. */
export const handbookBetter: FeatureDefinition[] = [
  ...handbookCatalogue,
  { name: 'customer_amount_deviations', operation: 'amountDeviations', ...customer },
  { name: 'customer_amount_to_mean', operation: 'amountToMean', ...customer },
  { name: 'customer_amount_to_median', operation: 'amountToMedian', ...customer },
  { name: 'customer_amount_to_max', operation: 'amountToMax', ...customer },
  { name: 'customer_since_last', operation: 'sinceLast', ...customer },
  { name: 'customer_far_above_10', operation: 'farAbove', ...customer, parameters: { last: 10, times: 3 } },
  ...[2, 3].map(
    (times): FeatureDefinition => ({
      name: `customer_above_${times}_times_14d`,
      operation: 'farAbove',
      ...customer,
      windowSeconds: 14 * DAY,
      parameters: { last: 512, times },
    }),
  ),
  { name: 'terminal_fraud_run', operation: 'fraudRun', ...terminal },
  { name: 'terminal_since_run_start', operation: 'sinceRunStart', ...terminal },
  { name: 'terminal_since_fraud', operation: 'sinceFraud', ...terminal },
  { name: 'terminal_since_clean', operation: 'sinceClean', ...terminal },
  ...[14, 30].map(
    (days): FeatureDefinition => ({
      name: `terminal_least_fraud_${days}d`,
      operation: 'leastFraudAmount',
      ...terminal,
      windowSeconds: days * DAY,
    }),
  ),
  ...[
    ['terminal_last_fraud_customer_frauds', 'lastFraudPartyFrauds'],
    ['terminal_last_fraud_to_median', 'lastFraudToMedian'],
  ].map(
    ([name, operation]): FeatureDefinition => ({
      name,
      operation,
      ...terminal,
      field: 'user',
      windowSeconds: 30 * DAY,
    }),
  ),
];

/** One of these lists for labels that are known after other days than a week. */
export const handbookAfter = (days: number | undefined, list: readonly FeatureDefinition[]): FeatureDefinition[] =>
  list.map((definition) =>
    definition.delaySeconds === undefined ? definition : { ...definition, delaySeconds: (days ?? DELAY_DAYS) * DAY },
  );
