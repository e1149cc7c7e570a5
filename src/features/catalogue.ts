import { isBuiltIn } from '../domain/entity.ts';
import type { FeatureDefinition } from './definition.ts';
import { LINKED_ENTITIES } from './links.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const LENGTHS: Record<string, number> = {
  '10m': 10 * MINUTE,
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
};

/** `user_count_1h` and so on: one operation over windows that count the transaction itself. */
function windows(operation: 'count' | 'sum', entity: string, lengths: string[]): FeatureDefinition[] {
  return lengths.map((length) => ({
    name: `${entity}_${operation}_${length}`,
    operation,
    entity,
    windowSeconds: LENGTHS[length],
    self: true,
  }));
}

/** `device_cards_10m`: distinct counterparts, this transaction's own included. */
function distinct(entity: string, field: string, plural: string, lengths: string[]): FeatureDefinition[] {
  return lengths.map((length) => ({
    name: `${entity}_${plural}_${length}`,
    operation: 'distinct',
    entity,
    field,
    windowSeconds: LENGTHS[length],
    self: true,
  }));
}

function risks(entity: string, operation: 'frauds' | 'fraudShare', length: string, delayDays = 0): FeatureDefinition {
  const what = operation === 'frauds' ? 'frauds' : 'fraud_share';
  const delay = delayDays > 0 ? { delaySeconds: delayDays * DAY } : {};
  const name = `${entity}_${what}_${length}${delayDays > 0 ? `_delay_${delayDays}d` : ''}`;
  return { name, operation, entity, windowSeconds: LENGTHS[length], ...delay };
}

/** `card_refused_1h`: earlier payments that the issuer refused. */
function refused(entity: string, lengths: string[]): FeatureDefinition[] {
  return lengths.map((length) => ({
    name: `${entity}_refused_${length}`,
    operation: 'outcomes',
    entity,
    windowSeconds: LENGTHS[length],
    parameters: { outcome: 'refused' },
  }));
}

function refusedShare(entity: string, length: string): FeatureDefinition {
  const name = `${entity}_refused_share_${length}`;
  return {
    name,
    operation: 'outcomeShare',
    entity,
    windowSeconds: LENGTHS[length],
    parameters: { outcome: 'refused' },
  };
}

const first = (entity: string, field: string): FeatureDefinition => ({
  name: `${entity}_new_${field}`,
  operation: 'first',
  entity,
  field,
});

const of = (entity: string, operation: string, name: string): FeatureDefinition => ({
  name: `${entity}_${name}`,
  operation,
  entity,
});

/** What the shipped model was trained on. Its features stay as they are: others have names of their own, below. */
export const defaultCatalogue: FeatureDefinition[] = [
  // The payment itself
  { name: 'amount', operation: 'amount' },
  { name: 'amount_below_round', operation: 'belowRound', parameters: { step: 50 } },
  { name: 'amount_small', operation: 'smallAmount', parameters: { limit: 5 } },
  { name: 'hour', operation: 'hour' },
  { name: 'weekday', operation: 'weekday' },
  { name: 'night', operation: 'night', parameters: { untilHour: 5 } },
  { name: 'account_age_days', operation: 'accountAge' },
  { name: 'category_risk', operation: 'encoding', field: 'category' },
  { name: 'channel_risk', operation: 'encoding', field: 'channel' },
  { name: 'country_risk', operation: 'encoding', field: 'country' },
  { name: 'type', operation: 'type' },
  // How often and how much
  ...windows('count', 'user', ['10m', '1h', '24h', '7d', '30d']),
  ...windows('sum', 'user', ['24h', '7d']),
  ...windows('count', 'card', ['10m', '1h', '24h', '7d']),
  ...windows('sum', 'card', ['24h']),
  ...windows('count', 'device', ['10m', '1h', '24h']),
  ...windows('count', 'ip', ['10m', '1h', '24h']),
  ...windows('count', 'merchant', ['1h', '24h']),
  // Against habit
  of('user', 'amountDeviations', 'amount_deviations'),
  of('user', 'amountToMedian', 'amount_to_median'),
  of('user', 'amountToMax', 'amount_to_max'),
  of('card', 'amountToMedian', 'amount_to_median'),
  of('merchant', 'amountDeviations', 'amount_deviations'),
  { name: 'user_far_above_10', operation: 'farAbove', entity: 'user', parameters: { last: 10, times: 3 } },
  // Who with whom
  ...distinct('device', 'card', 'cards', ['10m', '1h', '24h', '7d']),
  ...distinct('device', 'user', 'users', ['24h', '7d']),
  ...distinct('user', 'device', 'devices', ['24h', '30d']),
  ...distinct('user', 'card', 'cards', ['24h', '30d']),
  ...distinct('ip', 'user', 'users', ['1h', '24h']),
  ...distinct('ip', 'card', 'cards', ['1h', '24h']),
  ...distinct('card', 'merchant', 'merchants', ['1h', '24h']),
  ...distinct('card', 'user', 'users', ['30d']),
  first('user', 'merchant'),
  first('user', 'device'),
  first('user', 'card'),
  first('user', 'country'),
  first('user', 'location'),
  // How long ago, how far away
  of('user', 'sinceLast', 'since_last'),
  of('card', 'sinceLast', 'since_last'),
  of('device', 'sinceLast', 'since_last'),
  of('device', 'knownDays', 'known_days'),
  of('user', 'speed', 'speed_kmh'),
  of('user', 'distanceFromUsual', 'distance_from_usual_km'),
  // How much is known at all
  of('user', 'total', 'total'),
  of('card', 'total', 'total'),
  of('device', 'total', 'total'),
  of('email', 'total', 'total'),
  // What turned out to be fraud
  risks('user', 'frauds', '30d'),
  risks('card', 'frauds', '30d'),
  risks('device', 'frauds', '30d'),
  risks('ip', 'frauds', '30d'),
  risks('merchant', 'fraudShare', '7d'),
  risks('merchant', 'fraudShare', '30d'),
  risks('merchant', 'fraudShare', '30d', 7),
  risks('email', 'fraudShare', '30d'),
  // What the issuer refused
  ...refused('user', ['1h', '24h']),
  ...refused('card', ['1h', '24h']),
  ...refused('device', ['1h', '24h']),
  ...refused('ip', ['1h']),
  ...refused('network', ['1h']),
  ...refused('bin', ['1h']),
  refusedShare('device', '24h'),
  refusedShare('bin', '24h'),
  refusedShare('merchant', '24h'),
  // Networks, mailboxes, BINs and payees
  ...windows('count', 'network', ['1h', '24h']),
  ...distinct('network', 'user', 'users', ['1h', '24h']),
  ...distinct('network', 'card', 'cards', ['1h']),
  ...distinct('mailbox', 'user', 'users', ['30d']),
  ...distinct('bin', 'card', 'cards', ['1h', '24h']),
  ...windows('count', 'payee', ['24h']),
  ...distinct('payee', 'user', 'users', ['24h', '30d']),
  first('user', 'network'),
  first('user', 'payee'),
  of('mailbox', 'total', 'total'),
  of('payee', 'total', 'total'),
  risks('network', 'frauds', '30d'),
  risks('mailbox', 'frauds', '30d'),
  risks('payee', 'frauds', '30d'),
  risks('bin', 'fraudShare', '30d'),
];

/** What is known of an entity's whole life, however long ago; rules may read all of it but the share, which training draws. */
function longMemory(entity: string): FeatureDefinition[] {
  return [
    of(entity, 'everFrauds', 'ever_frauds'),
    of(entity, 'everLegitimate', 'ever_legitimate'),
    of(entity, 'sinceEverFraud', 'since_ever_fraud'),
    of(entity, 'total', 'total'),
    of(entity, 'knownDays', 'known_days'),
  ];
}

/** What is read of an entity type that only a configuration knows. */
function configured(entity: string): FeatureDefinition[] {
  return [
    ...windows('count', entity, ['10m', '1h', '24h']),
    ...distinct(entity, 'user', 'users', ['1h', '24h']),
    ...distinct(entity, 'card', 'cards', ['1h', '24h']),
    of(entity, 'amountToMedian', 'amount_to_median'),
    of(entity, 'sinceLast', 'since_last'),
    of(entity, 'total', 'total'),
    risks(entity, 'frauds', '30d'),
    risks(entity, 'fraudShare', '30d'),
    first('user', entity),
  ];
}

/** Who belongs together with this payment, where at least two kinds of what joins people are profiled. */
export function linkFeatures(entityTypes: readonly string[]): FeatureDefinition[] {
  if (LINKED_ENTITIES.filter((type) => entityTypes.includes(type)).length < 2) return [];
  return [
    { name: 'component_size', operation: 'linkedEntities' },
    { name: 'linked_frauds', operation: 'linkedFrauds' },
    { name: 'fraud_distance', operation: 'fraudDistance' },
  ];
}

/** The default catalogue as far as these entity types go, with what a configuration added, the long memory of them all and who belongs together. */
export function catalogueFor(entityTypes: readonly string[]): FeatureDefinition[] {
  const added = entityTypes.filter((type) => !isBuiltIn(type));
  const known = ({ entity, field }: FeatureDefinition) =>
    [entity, field].every((name) => name === undefined || !isBuiltIn(name) || entityTypes.includes(name));
  const before = [...defaultCatalogue.filter(known), ...added.flatMap(configured)];
  const names = new Set(before.map(({ name }) => name));
  const life = entityTypes.flatMap(longMemory).filter(({ name }) => !names.has(name));
  return [...before, ...life, ...linkFeatures(entityTypes)];
}

/** After so many days most frauds are known, where nothing else is said. */
const RIPE_DAYS = 7;

/** Over which past shares of known fraud are cautious, of one entity and of all together. */
const PASTS: [name: string, past: Partial<FeatureDefinition>][] = [
  ['last_5', { parameters: { last: 5, weight: 1 } }],
  ['last_10', { parameters: { last: 10, weight: 2 } }],
  ['90d', { windowSeconds: 90 * DAY, parameters: { weight: 3 } }],
  ['180d', { windowSeconds: 180 * DAY, parameters: { weight: 3 } }],
  ['ever', { parameters: { weight: 5 } }],
];

const ripe = (days: number): Partial<FeatureDefinition> => (days > 0 ? { delaySeconds: days * DAY } : {});

function cautious(entity: string, ripeDays: number): FeatureDefinition[] {
  return PASTS.filter(([name]) => name !== 'ever' && name !== 'last_5').map(([name, past]) => {
    const what = { name: `${entity}_fraud_share_of_${name}`, operation: 'cautiousFraudShare', entity };
    return { ...what, ...ripe(ripeDays), ...past };
  });
}

/** The entities that are somebody's or something's own: an e-mail's domain and a card's BIN are not. */
function togetherOf(entityTypes: readonly string[], ripeDays: number): FeatureDefinition[] {
  const entities = entityTypes.filter((type) => type !== 'email' && type !== 'bin');
  if (entities.length === 0) return [];
  return PASTS.map(([name, past]) => {
    const what = { name: `fraud_together_${name}`, operation: 'fraudTogether', ...ripe(ripeDays), ...past };
    return { ...what, parameters: { ...past.parameters, entities: entities.join(' ') } };
  });
}

/**
 * What a model of one's own history is trained on: this, lifetime shares of fraud, drawn towards a prior that training learns, and shares
 * of late, of each entity and of all together: these up to `ripeDays` ago, the days after which a label is known.
 */
export function trainingCatalogue(entityTypes: readonly string[], ripeDays = RIPE_DAYS): FeatureDefinition[] {
  return [
    ...catalogueFor(entityTypes),
    ...entityTypes.map((entity) => of(entity, 'everFraudShare', 'ever_fraud_share')),
    ...entityTypes.flatMap((entity) => cautious(entity, ripeDays)),
    ...togetherOf(entityTypes, ripeDays),
  ];
}
