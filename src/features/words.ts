import { TRANSACTION_TYPES, type TransactionType } from '../domain/fields.ts';
import type { FeatureDefinition } from './definition.ts';
import { money } from './money.ts';
import { isUnpaid, missingOfType, ofType } from './words-by-type.ts';

/** What training saw of a feature; the middle value is what people read as usual. */
export interface Usual {
  p50: number;
  missing?: number;
}

const NOUNS: Record<string, [one: string, many: string]> = {
  user: ['user', 'users'],
  card: ['card', 'cards'],
  device: ['device', 'devices'],
  ip: ['network address', 'network addresses'],
  merchant: ['merchant', 'merchants'],
  email: ['e-mail domain', 'e-mail domains'],
  network: ['network', 'networks'],
  mailbox: ['mailbox', 'mailboxes'],
  bin: ['BIN', 'BINs'],
  payee: ['payee', 'payees'],
  country: ['country', 'countries'],
  category: ['category', 'categories'],
  channel: ['channel', 'channels'],
  location: ['place', 'places'],
};

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export function noun(name: string | undefined, count = 1): string {
  const [one, many] = NOUNS[name ?? ''] ?? ofOwn(name);
  return count === 1 ? one : many;
}

function ofOwn(name: string | undefined): [one: string, many: string] {
  const one = name === undefined ? 'entity' : spoken(name);
  return [one, `${one.replace(/([^aeiou])y$/, '$1ie')}s`];
}

/** What is said of a definition alone is made once: a decision says it of five features. */
function once(say: (definition: FeatureDefinition) => string): (definition: FeatureDefinition) => string {
  const said = new WeakMap<FeatureDefinition, string>();
  return (definition) => {
    let text = said.get(definition);
    if (text === undefined) said.set(definition, (text = say(definition)));
    return text;
  };
}

/** "basket size" for `metadata.basketSize` or `basket_size`. */
export function spoken(field: string): string {
  return field
    .replace(/^metadata\./, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_.\s]+/g, ' ')
    .toLowerCase();
}

const PLACE: Record<string, string> = {
  user: 'by',
  card: 'with',
  device: 'on',
  ip: 'from',
  merchant: 'at',
  email: 'from',
  network: 'from',
  mailbox: 'from',
  payee: 'to',
};

/** Whose past it is: "by this user", "on this device", "at this merchant". */
export const whose = once(({ entity }) => `${PLACE[entity ?? ''] ?? 'of'} this ${noun(entity)}`);

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** "6 days", "1.5 hours": at most two figures below ten. */
export function duration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? UNITS[3];
  const count = figure(seconds / size);
  return `${count} ${name}${count === '1' ? '' : 's'}`;
}

/** A number for people: whole from ten on, one decimal below; with an exponent from 1e15 on. */
export function figure(value: number): string {
  // Nobody reads sixteen digits, and doubles do not hold more.
  if (Math.abs(value) >= 1e15) return value.toPrecision(3);
  const rounded = Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  // Most are small, and a formatter costs more than everything else here.
  return Math.abs(rounded) < 1000 ? String(rounded === 0 ? 0 : rounded) : grouped.format(rounded);
}

const grouped = new Intl.NumberFormat('en-GB');

/** "in the last hour"; with a delay, "in the 7 days before the last 7 days". */
export const during = once(({ windowSeconds = 0, delaySeconds = 0 }) => {
  const length = spell(windowSeconds);
  return delaySeconds > 0 ? `in the ${length} up to ${duration(delaySeconds)} ago` : `in the last ${length}`;
});

/** "so far"; with a delay, "up to 7 days ago". */
export function upTo({ delaySeconds = 0 }: FeatureDefinition): string {
  return delaySeconds > 0 ? `up to ${duration(delaySeconds)} ago` : 'so far';
}

/** Whose past several entities' is. */
export const EACH = 'of each that takes part';

/** "the last 10 payments with this card up to 7 days ago": the past that a cautious share is of. */
export function among(definition: FeatureDefinition, who: string): string {
  const last = definition.parameters?.last;
  if (last !== undefined) return `the last ${last} payments ${who} ${upTo(definition)}`;
  return definition.windowSeconds === undefined
    ? `all payments ${who} ${upTo(definition)}`
    : `payments ${who} ${during(definition)}`;
}

function spell(seconds: number): string {
  return seconds === 86_400 ? '24 hours' : duration(seconds).replace(/^1 /, '');
}

function share(value: number): string {
  return `${figure(value * 100)}%`;
}

/** Encodings are log-odds. */
const probability = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));

/** "used by this user", "paid with this card", "on this device": how the field's things meet the entity. */
export const seen = once((definition) => {
  if (definition.entity === 'payee') return `who paid this ${noun('payee')}`;
  const verb = definition.entity === 'user' ? 'used ' : definition.field === 'merchant' ? 'paid ' : '';
  return verb + whose(definition);
});

const OUTCOMES: Record<string, string> = {
  fraud: 'known as fraud',
  legitimate: 'known as legitimate',
  refused: 'refused by the issuer',
};

/** What became of payments: "refused by the issuer", "settled". */
export function became({ parameters }: FeatureDefinition): string {
  const outcome = String(parameters?.outcome);
  return OUTCOMES[outcome] ?? outcome;
}

type Words = (definition: FeatureDefinition, value: number, currency: string) => string;

const payments = (count: number) => (figure(count) === '1' ? 'payment' : 'payments');

/** One short clause an operation; the comparison with the usual follows it. */
const clauses: Record<string, Words> = {
  count: (d, v) => `${figure(v)} ${payments(v)} ${whose(d)} ${during(d)}`,
  sum: (d, v, c) => `${money(v, c)} paid ${whose(d)} ${during(d)}`,
  average: (d, v, c) => `payments ${whose(d)} averaged ${money(v, c)} ${during(d)}`,
  pace: (d, v) => `payments ${whose(d)} ${during(d)} came at ${figure(v)} times the usual pace`,
  total: (d, v) => (v === 0 ? `the first payment ${whose(d)}` : `${figure(v)} earlier ${payments(v)} ${whose(d)}`),
  amount: (_d, v, c) => `the amount is ${money(v, c)}`,
  amountDeviations: (d, v) =>
    `the amount is ${figure(Math.abs(v))} standard deviations ${v < 0 ? 'below' : 'above'} the average ${whose(d)}`,
  amountToMean: (d, v) => `the amount is ${figure(v)} times the average payment ${whose(d)}`,
  amountToMedian: (d, v) => `the amount is ${figure(v)} times the typical payment ${whose(d)}`,
  amountToMax: (d, v) => `the amount is ${figure(v)} times the largest recent payment ${whose(d)}`,
  farAbove: (d, v) =>
    `${figure(v)} of the payments ${whose(d)} ${d.windowSeconds === undefined ? `among the last ${d.parameters?.last ?? 10}` : during(d)} ${v === 1 ? 'was' : 'were'} over ${d.parameters?.times ?? 3} times the typical one`,
  belowRound: (d, v, c) => `the amount is ${money(v, c)} under a multiple of ${d.parameters?.step ?? 50}`,
  smallAmount: (_d, v) => (v === 1 ? 'a very small amount, as used to try out cards' : 'not a very small amount'),
  speed: (_d, v) => `${figure(v)} km/h would be needed to get here since the last payment`,
  distanceSinceLast: (d, v) => `${figure(v)} km from the last payment ${whose(d)}`,
  distanceFromUsual: (d, v) => `${figure(v)} km from the nearest place where this ${noun(d.entity)} paid recently`,
  distinct: (d, v) => `${figure(v)} ${v > 1 ? 'different ' : ''}${noun(d.field, v)} ${seen(d)} ${during(d)}`,
  first: (d, v) =>
    v === 1
      ? `the first time this ${noun(d.entity)} is seen with this ${noun(d.field)}`
      : `this ${noun(d.entity)} has been seen with this ${noun(d.field)} before`,
  meetings: (d, v) => `${figure(v)} earlier ${payments(v)} ${whose(d)} with this ${noun(d.field)}`,
  sinceMeeting: (d, v) => `${duration(v)} since this ${noun(d.entity)} was last seen with this ${noun(d.field)}`,
  type: (_d, v) => `it is a ${TRANSACTION_TYPES[v] ?? 'transaction'}`,
  hour: (_d, v) => `made between ${hour(v)} and ${hour((v + 1) % 24)}`,
  weekday: (_d, v) => `made on a ${WEEKDAYS[v] ?? 'day'}`,
  weekend: (_d, v) => (v === 1 ? 'made at the weekend' : 'made on a working day'),
  night: (_d, v) => (v === 1 ? 'made at night' : 'made in the daytime'),
  accountAge: (_d, v) => `the account is ${duration(Math.max(0, v) * 86_400)} old`,
  sinceLast: (d, v) => `${duration(v)} since the last payment ${whose(d)}`,
  knownDays: (d, v) =>
    v === 0
      ? `this ${noun(d.entity)} was never seen before`
      : `this ${noun(d.entity)} was first seen ${duration(v * 86_400)} ago`,
  frauds: (d, v) => `${figure(v)} confirmed ${v === 1 ? 'fraud' : 'frauds'} ${whose(d)} ${during(d)}`,
  fraudShare: (d, v) => `${share(v)} of payments ${whose(d)} ${during(d)} were confirmed as fraud`,
  outcomes: (d, v) =>
    `${figure(v)} ${payments(v)} ${whose(d)} ${during(d)} ${figure(v) === '1' ? 'was' : 'were'} ${became(d)}`,
  outcomeShare: (d, v) => `${share(v)} of payments ${whose(d)} ${during(d)} were ${became(d)}`,
  fraudRun: (d, v) => `the last ${figure(v)} known ${payments(v)} ${whose(d)} ${v === 1 ? 'was' : 'were'} fraud`,
  sinceFraud: (d, v) => `${duration(v)} since the last confirmed fraud ${whose(d)}`,
  sinceRunStart: (d, v) => `payments ${whose(d)} began to turn out as fraud ${duration(v)} ago`,
  sinceClean: (d, v) => `${duration(v)} since the last payment ${whose(d)} that is not known as fraud`,
  leastFraudAmount: (d, v, c) => `the smallest confirmed fraud ${whose(d)} ${during(d)} was ${money(v, c)}`,
  lastFraudPartyFrauds: (d, v) =>
    `the ${noun(d.field)} behind the latest confirmed fraud ${whose(d)} had ${figure(v)} confirmed ${v === 1 ? 'fraud' : 'frauds'} in all ${during(d)}`,
  lastFraudToMedian: (d, v) =>
    `the latest confirmed fraud ${whose(d)} ${during(d)} was ${figure(v)} times the typical payment of its ${noun(d.field)}`,
  everCount: (d, v) => `${figure(v)} ${payments(v)} ${whose(d)} ${upTo(d)}`,
  everFrauds: (d, v) => `${figure(v)} confirmed ${v === 1 ? 'fraud' : 'frauds'} ${whose(d)} ${upTo(d)}`,
  everLegitimate: (d, v) => `${figure(v)} ${payments(v)} ${whose(d)} confirmed as legitimate ${upTo(d)}`,
  everFraudShare: (d, v) => `about ${share(v)} of all payments ${whose(d)} were confirmed as fraud ${upTo(d)}`,
  sinceEverFraud: (d, v) => `${duration(v)} since the last confirmed fraud ever seen ${whose(d)}`,
  cautiousFraudShare: (d, v) => `about ${share(v)} of ${among(d, whose(d))} were confirmed as fraud`,
  fraudTogether: (d, v) => `joint suspicion is about ${share(v)}, by confirmed frauds among ${among(d, EACH)}`,
  linkedEntities: (d, v) =>
    v === 1
      ? `nobody else is seen with what this payment names${lately(d)}`
      : `${figure(v)} users, cards, devices, mailboxes and payees within ${stepsOf(d)} of this payment${lately(d)}`,
  linkedFrauds: (d, v) =>
    `${figure(v)} confirmed ${v === 1 ? 'fraud' : 'frauds'} among those within ${stepsOf(d)} of this payment${lately(d)}`,
  fraudDistance: (d, v) =>
    v === 0
      ? `a confirmed fraud of what this payment names itself${lately(d)}`
      : `the nearest confirmed fraud is ${figure(v)} ${v === 1 ? 'step' : 'steps'} away, over what payments name together${lately(d)}`,
  ownNumber: (d, v) => `${spoken(d.field ?? d.name)} is ${figure(v)}`,
  ownBoolean: (d, v) => `${spoken(d.field ?? d.name)} is ${v === 1 ? 'yes' : 'no'}`,
  ownDaysAgo: (d, v) =>
    `${spoken(d.field ?? d.name)} ${v < 0 ? `is in ${duration(-v * 86_400)}` : `was ${duration(v * 86_400)} ago`}`,
  ownDistance: (d, v) => `${figure(v)} km between ${placeOf(d)} and where the payment is made`,
  ownAboveUsual: (d, v) =>
    v === 0
      ? `${spoken(d.field ?? d.name)} is what it usually is ${whose(d)}`
      : `${spoken(d.field ?? d.name)} is ${figure(Math.abs(v))} ${v < 0 ? 'below' : 'above'} the usual ${whose(d)}`,
  encoding: (d, v) => `${share(probability(v))} of the payments of this ${noun(d.field)} were fraud in training`,
};

/** " in the last 30 days" where what joins is that young. */
export const lately = (definition: FeatureDefinition) =>
  definition.windowSeconds === undefined ? '' : ` ${during(definition)}`;

/** "two steps": how far links are walked. */
export function stepsOf({ parameters }: FeatureDefinition): string {
  const steps = Number(parameters?.steps ?? 2);
  return `${['no', 'one', 'two', 'three', 'four'][steps] ?? steps} ${steps === 1 ? 'step' : 'steps'}`;
}

/** Of a feature over a place of one's own: what the place is called. */
export const placeOf = ({ name }: FeatureDefinition) => spoken(name.replace(/_distance_km$/, ''));

/** Clauses that say all there is to say: a middle value of a yes or no, or of an hour, tells nothing. */
const WITHOUT_USUAL = new Set([
  'smallAmount',
  'first',
  'type',
  'hour',
  'weekday',
  'weekend',
  'night',
  'amountDeviations',
  'pace',
  'ownBoolean',
  'ownAboveUsual',
  'fraudDistance',
]);

/** How the usual value is written after the clause. */
function written(definition: FeatureDefinition, value: number, currency: string): string {
  switch (definition.operation) {
    case 'sum':
    case 'average':
    case 'amount':
    case 'belowRound':
    case 'leastFraudAmount':
      return money(value, currency);
    case 'sinceLast':
    case 'sinceMeeting':
    case 'sinceFraud':
    case 'sinceEverFraud':
    case 'sinceClean':
    case 'sinceRunStart':
      return duration(value);
    case 'accountAge':
    case 'knownDays':
      return duration(value * 86_400);
    case 'ownDaysAgo':
      return value < 0 ? `in ${duration(-value * 86_400)}` : `${duration(value * 86_400)} ago`;
    case 'fraudShare':
    case 'everFraudShare':
    case 'cautiousFraudShare':
    case 'fraudTogether':
    case 'outcomeShare':
      return share(value);
    case 'encoding':
      return share(probability(value));
    case 'distanceSinceLast':
    case 'distanceFromUsual':
    case 'ownDistance':
      return `${figure(value)} km`;
    case 'speed':
      return `${figure(value)} km/h`;
    default:
      return figure(value);
  }
}

/** Why a value is missing: something was not given, or there is nothing earlier to compare with. */
function missing(definition: FeatureDefinition): string {
  switch (definition.operation) {
    case 'accountAge':
      return 'the age of the account is not given';
    case 'encoding':
      return `no ${noun(definition.field)} is given`;
    case 'first':
    case 'distinct':
    case 'meetings':
    case 'sinceMeeting':
      return `no ${noun(definition.entity)} or no ${noun(definition.field)} is given`;
    case 'count':
    case 'sum':
    case 'total':
    case 'frauds':
    case 'everCount':
    case 'everFrauds':
    case 'everLegitimate':
    case 'everFraudShare':
    case 'cautiousFraudShare':
    case 'outcomes':
      return `no ${noun(definition.entity)} is given`;
    case 'fraudTogether':
      return 'no user, card or other entity is given';
    case 'ownNumber':
    case 'ownBoolean':
    case 'ownDaysAgo':
      return `no ${spoken(definition.field ?? definition.name)} is given`;
    case 'ownAboveUsual':
      return `no ${spoken(definition.field ?? definition.name)} is given, or none earlier ${whose(definition)}`;
    case 'ownDistance':
      return `${placeOf(definition)}, or where the payment is made, is not given`;
    case 'amount':
    case 'belowRound':
    case 'smallAmount':
      return 'there is no amount, or no rate into the base currency';
    case 'speed':
    case 'distanceSinceLast':
    case 'distanceFromUsual':
      return `no earlier place of this ${noun(definition.entity)} to compare with`;
    case 'linkedEntities':
    case 'linkedFrauds':
      return 'no user, card, device, mailbox or payee is given';
    case 'fraudDistance':
      return 'no confirmed fraud is near';
    case 'sinceEverFraud':
    case 'leastFraudAmount':
    case 'lastFraudPartyFrauds':
    case 'lastFraudToMedian':
      return `no fraud ${whose(definition)} is known`;
    default:
      return definition.entity === undefined
        ? `${definition.name.replaceAll('_', ' ')} is not known`
        : `no earlier payments ${whose(definition)} to compare with`;
  }
}

/**
 * A feature's value in plain words, such as "6 different cards on this device in the last 10 minutes (usually 1)".
 * `usual` is what training saw; without it nothing is compared.
 */
export function describe(
  definition: FeatureDefinition,
  value: number,
  usual: Usual | undefined,
  currency = 'USD',
  type: TransactionType = 'payment',
): string {
  const clause = clauses[definition.operation];
  if (Number.isNaN(value)) return missingOfType(type, definition, missing(definition));
  if (clause === undefined) return `${definition.name.replaceAll('_', ' ')} is ${figure(value)}`;
  const text = ofType(type, definition, clause(definition, value, currency));
  if (usual === undefined || !Number.isFinite(usual.p50) || WITHOUT_USUAL.has(definition.operation)) return text;
  if (isUnpaid(type, definition.operation)) return text;
  const now = written(definition, value, currency);
  const before = written(definition, usual.p50, currency);
  return now === before ? `${text}, which is usual` : `${text} (usually ${before})`;
}

function hour(value: number): string {
  return `${String(value).padStart(2, '0')}:00`;
}
