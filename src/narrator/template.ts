import type { Outcome } from '../domain/decision.ts';
import { movesMoney } from '../domain/fields.ts';
import { CHECKS, type Check, type Confidence, type Narrative } from '../domain/narrative.ts';
import { reasonsFor } from '../policy/explanation.ts';
import { capital, percent, sentenceOf, series } from '../policy/phrases.ts';
import type { CaseFacts, Subject, TransactionFacts } from './narrator.ts';
import { counted, moment, money } from './units.ts';

const REASONS_TOLD = 3;
const CHECKS_TOLD = 4;

/** The text that needs no model: the same for the same facts, at once, and never wrong about them. */
export function tell(subject: Subject): Narrative {
  return subject.kind === 'transaction' ? tellTransaction(subject) : tellCase(subject);
}

function tellTransaction(facts: TransactionFacts): Narrative {
  const { decision, reasons } = facts;
  const speaking = reasonsFor(decision, reasons, REASONS_TOLD);
  const opposed = reasonsFor(decision === 'approve' ? 'decline' : 'approve', reasons, 1);
  const sentences = [opening(facts)];
  const hit = facts.rules.map(({ id }) => id);
  if (hit.length > 0) sentences.push(`${counted(hit.length, 'rule')} applied: ${series(hit.slice(0, 3))}.`);
  if (speaking.length > 0) sentences.push(`${capital(clauses(speaking))}.`);
  if (opposed.length > 0)
    sentences.push(`${decision === 'approve' ? 'Against it' : 'In its favour'}: ${sentenceOf(opposed[0].message)}.`);
  return {
    summary: sentences.join(' '),
    signals: [...speaking, ...opposed].map(({ code }) => code),
    checks: decision === 'approve' ? [] : checksFor(speaking.map(({ code }) => code)),
    confidence: confidenceOf(facts),
    source: 'template',
  };
}

const VERBS: Record<Outcome, string> = {
  approve: 'was approved',
  review: 'was sent to review',
  decline: 'was declined',
};

function opening(facts: TransactionFacts): string {
  const { decision, probability, type, amount, currency, time, offsetMinutes } = facts;
  const what = `A ${type}${amount === null ? '' : ` of ${money(amount, currency)}`} on ${moment(time, offsetMinutes)} ${VERBS[decision]}`;
  if (facts.degraded && facts.reasons.length === 0) return `${what} without a score, because no model took part.`;
  const partial = facts.degraded ? ', reckoned without all that is known of it' : '';
  return `${what}: the risk of fraud is ${percent(probability)}${partial}.`;
}

/** Whole sentences in a row take a comma before the last. */
function clauses(reasons: { message: string }[]): string {
  const said = reasons.map(({ message }) => sentenceOf(message));
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')}, and ${said[said.length - 1]}`;
}

function confidenceOf({ probability, degraded, oodWarning }: TransactionFacts): Confidence {
  if (degraded) return 'low';
  if (oodWarning.length > 0) return probability >= 0.9 ? 'medium' : 'low';
  return probability >= 0.9 || probability <= 0.02 ? 'high' : 'medium';
}

/** Which check answers which reason; of a code the first that fits. */
const ANSWERS: [pattern: RegExp, check: Check][] = [
  [/fraud/, 'inspect_earlier_frauds'],
  [/speed|distance|location|country/, 'compare_places'],
  [/small|(?:card|device|ip)_count_(?:10m|1h)/, 'find_small_tries'],
  [/^device_|_device/, 'inspect_device'],
  [/^ip_|_ip/, 'inspect_address'],
  [/^card_|_card/, 'inspect_card'],
  [/^merchant_|_merchant|category/, 'inspect_merchant'],
  [/account|^email_|known|total/, 'inspect_account'],
  [/^user_|amount|hour|night|weekday/, 'inspect_user'],
];

function checksFor(codes: string[]): Check[] {
  const checks = new Set<Check>();
  for (const code of codes) {
    const found = ANSWERS.find(([pattern]) => pattern.test(code));
    if (found) checks.add(found[1]);
  }
  checks.add('ask_customer');
  return [...checks].slice(0, CHECKS_TOLD);
}

const NOUNS = {
  device: ['device', 'devices'],
  card: ['card', 'cards'],
  ip: ['network address', 'network addresses'],
  user: ['user', 'users'],
  mailbox: ['mailbox', 'mailboxes'],
} as const;

function tellCase(facts: CaseFacts): Narrative {
  const { transactions, reviews, declines, amount, amountAtRisk, currency, entity, from, to } = facts;
  const named = (['user', 'card', 'device', 'ip'] as const)
    .filter((type) => type !== entity && (facts.entities[type] ?? 0) > 0)
    .map((type) => counted(facts.entities[type] ?? 0, NOUNS[type][0], NOUNS[type][1]));
  const outcomes = [
    ...(declines > 0 ? [`${declines} ${declines === 1 ? 'was' : 'were'} declined`] : []),
    ...(reviews > 0 ? [`${reviews} ${reviews === 1 ? 'waits' : 'wait'} for review`] : []),
  ];
  const one = facts.type ?? 'alert';
  // Logins and registrations pay nothing.
  const isPaid = facts.type === undefined || movesMoney(facts.type);
  const sum = isPaid ? ` of ${money(amount, currency)} in all` : '';
  const risk = isPaid ? `, with ${money(amountAtRisk, currency)} at risk` : '';
  const sentences = [
    `${counted(transactions, one)}${sum} ${transactions === 1 ? 'names' : 'share'} one ` +
      `${NOUNS[entity][0]}${named.length > 0 ? `, with ${series(named)}` : ''}.`,
    `${made(from, to)} (UTC); ${series(outcomes)}${risk}.`,
  ];
  const told = reasonsFor('decline', facts.reasons, REASONS_TOLD) as CaseFacts['reasons'];
  if (told.length > 0) sentences.push(commonest(told, transactions, one));
  if (facts.similar > 0) sentences.push(earlier(facts.similar, facts.similarFrauds));
  const checks = new Set<Check>([SHARED[entity], ...checksFor(told.map(({ code }) => code))]);
  if (facts.similarFrauds > 0) checks.add('inspect_earlier_frauds');
  return {
    summary: sentences.join(' '),
    signals: told.map(({ code }) => code),
    checks: [...checks].slice(0, CHECKS_TOLD),
    confidence: declines > 0 && transactions > 1 ? 'high' : facts.score >= 50 ? 'medium' : 'low',
    source: 'template',
  };
}

/** "Made on Tuesday 3 March 2026 between 07:00 and 08:00": no more than it takes. */
function made(from: number, to: number): string {
  const [first, last] = [moment(from, 0), moment(to, 0)];
  if (first === last) return `Made on ${last}`;
  const [day, time] = first.split(' at ');
  const [lastDay, lastTime] = last.split(' at ');
  return day === lastDay
    ? `Made on ${day} between ${time} and ${lastTime}`
    : `The first was made on ${first} and the last on ${last}`;
}

/** A reason's words are those of the payment in which it is strongest. */
function commonest(reasons: CaseFacts['reasons'], transactions: number, one: string): string {
  if (transactions === 1) return `${capital(clauses(reasons))}.`;
  const counts = [...new Set(reasons.map((reason) => reason.transactions))];
  const all = counts.length === 1 && counts[0] === transactions;
  const found = all ? 'all' : counts.length === 1 ? counts[0] : series(reasons.map((each) => `${each.transactions}`));
  return reasons.length === 1
    ? `The commonest reason, at its strongest: ${clauses(reasons)}. It is found in ${found} of its ${one}s.`
    : `The commonest reasons, each at its strongest: ${clauses(reasons)}. They are found in ${found} of its ${one}s.`;
}

function earlier(cases: number, frauds: number): string {
  const share = `${counted(cases, 'earlier case')} ${cases === 1 ? 'shares' : 'share'} something with it`;
  if (cases === 1) return `${share} and ${frauds === 1 ? 'turned out' : 'did not turn out'} as fraud.`;
  return `${share}; ${frauds === 0 ? 'none' : frauds === cases ? 'all' : frauds} of them turned out as fraud.`;
}

/** What is looked at first where one thing is shared. */
const SHARED: Record<CaseFacts['entity'], Check> = {
  device: 'inspect_device',
  card: 'inspect_card',
  ip: 'inspect_address',
  user: 'inspect_user',
  mailbox: 'inspect_account',
};

/** The checks in words. */
export function checkWords(checks: readonly Check[]): string[] {
  return checks.map((check) => CHECKS[check]);
}
