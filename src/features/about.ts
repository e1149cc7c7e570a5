import type { FeatureDefinition } from './definition.ts';
import { among, became, during, EACH, lately, noun, placeOf, seen, spoken, stepsOf, upTo, whose } from './words.ts';

type Idea = (definition: FeatureDefinition) => string;

/** What each operation is about, without a value. */
const ideas: Record<string, Idea> = {
  count: (d) => `payments ${whose(d)} ${during(d)}`,
  sum: (d) => `amount paid ${whose(d)} ${during(d)}`,
  average: (d) => `average payment ${whose(d)} ${during(d)}`,
  pace: (d) => `pace of the payments ${whose(d)} ${during(d)} against the usual`,
  total: (d) => `earlier payments ${whose(d)}`,
  amount: () => 'the amount itself',
  amountDeviations: (d) => `standard deviations between the amount and the average payment ${whose(d)}`,
  amountToMean: (d) => `the amount against the average payment ${whose(d)}`,
  amountToMedian: (d) => `the amount against the typical payment ${whose(d)}`,
  amountToMax: (d) => `the amount against the largest recent payment ${whose(d)}`,
  farAbove: (d) =>
    `payments ${whose(d)} over ${d.parameters?.times ?? 3} times the typical one, ${d.windowSeconds === undefined ? `of the last ${d.parameters?.last ?? 10}` : during(d)}`,
  belowRound: (d) => `how closely the amount stays under a multiple of ${d.parameters?.step ?? 50}`,
  smallAmount: () => 'a very small amount, as used to try out cards',
  speed: (d) => `speed needed to get here since the last payment ${whose(d)}`,
  distanceSinceLast: (d) => `distance from the last payment ${whose(d)}`,
  distanceFromUsual: (d) => `distance from where this ${noun(d.entity)} paid recently`,
  distinct: (d) => `different ${noun(d.field, 2)} ${seen(d)} ${during(d)}`,
  first: (d) => `first time of this ${noun(d.entity)} with this ${noun(d.field)}`,
  meetings: (d) => `earlier payments ${whose(d)} with this ${noun(d.field)}`,
  sinceMeeting: (d) => `time since this ${noun(d.entity)} was last seen with this ${noun(d.field)}`,
  type: () => 'whether it is a payment, a login, a registration or a payout',
  hour: () => 'the hour of the day',
  weekday: () => 'the day of the week',
  weekend: () => 'made at the weekend',
  night: () => 'made at night',
  accountAge: () => 'age of the account',
  sinceLast: (d) => `time since the last payment ${whose(d)}`,
  knownDays: (d) => `how long this ${noun(d.entity)} is known`,
  frauds: (d) => `confirmed frauds ${whose(d)} ${during(d)}`,
  fraudShare: (d) => `share of confirmed fraud among payments ${whose(d)} ${during(d)}`,
  outcomes: (d) => `payments ${whose(d)} ${during(d)} that were ${became(d)}`,
  outcomeShare: (d) => `share of payments ${whose(d)} ${during(d)} that were ${became(d)}`,
  fraudRun: (d) => `how many of the latest known payments ${whose(d)} were all fraud`,
  sinceFraud: (d) => `time since the last confirmed fraud ${whose(d)}`,
  sinceRunStart: (d) => `time since payments ${whose(d)} began to turn out as fraud`,
  sinceClean: (d) => `time since the last payment ${whose(d)} that is not known as fraud`,
  leastFraudAmount: (d) => `smallest confirmed fraud ${whose(d)} ${during(d)}`,
  lastFraudPartyFrauds: (d) =>
    `confirmed frauds ${during(d)} of the ${noun(d.field)} behind the latest confirmed fraud ${whose(d)}`,
  lastFraudToMedian: (d) =>
    `the latest confirmed fraud ${whose(d)} ${during(d)} against the typical payment of its ${noun(d.field)}`,
  everCount: (d) => `all payments ${whose(d)} ${upTo(d)}`,
  everFrauds: (d) => `confirmed frauds ever ${whose(d)} ${upTo(d)}`,
  everLegitimate: (d) => `payments ever ${whose(d)} confirmed as legitimate ${upTo(d)}`,
  everFraudShare: (d) => `share of confirmed fraud among all payments ${whose(d)} ${upTo(d)}`,
  sinceEverFraud: (d) => `time since the last confirmed fraud ever ${whose(d)}`,
  cautiousFraudShare: (d) => `share of confirmed fraud among ${among(d, whose(d))}`,
  fraudTogether: (d) => `joint suspicion by confirmed frauds among ${among(d, EACH)}`,
  linkedEntities: (d) => `users, cards, devices, mailboxes and payees within ${stepsOf(d)} of this payment${lately(d)}`,
  linkedFrauds: (d) => `confirmed frauds of whoever is within ${stepsOf(d)} of this payment${lately(d)}`,
  fraudDistance: (d) => `steps from this payment to the nearest confirmed fraud${lately(d)}`,
  ownNumber: (d) => spoken(d.field ?? d.name),
  ownBoolean: (d) => spoken(d.field ?? d.name),
  ownDaysAgo: (d) => `how long ago ${spoken(d.field ?? d.name)} was`,
  ownDistance: (d) => `distance between ${placeOf(d)} and where the payment is made`,
  ownAboveUsual: (d) => `${spoken(d.field ?? d.name)} against the usual ${whose(d)}`,
  encoding: (d) => `how common fraud was in this ${noun(d.field)} in training`,
};

/** What a feature is about, such as "different cards on this device in the last 10 minutes". */
export function about(definition: FeatureDefinition): string {
  return ideas[definition.operation]?.(definition) ?? definition.name.replaceAll('_', ' ');
}
