import type { Outcome, Reason } from '../domain/decision.ts';
import { reasonsFor } from '../policy/explanation.ts';
import { capital, percent, sentenceOf, series } from '../policy/phrases.ts';
import { moment, money } from './units.ts';

/** A decided transaction as the API shows it, as far as it is told to whom it concerns. */
export interface DecidedView {
  id: string;
  type: string;
  amount: number | null;
  currency: string;
  transactionDate: string;
  createdAt: string;
  decision: Outcome;
  /** Absent in records from before there were rules. */
  decidedBy?: string;
  probability?: number;
  degraded?: boolean;
  fraudExplanation: string;
  reasons: Reason[];
  review?: { action: 'release' | 'cancel'; at: string };
}

const DECIDED: Record<Outcome, string> = {
  approve: 'it was approved',
  review: 'it was held, for a person to look at',
  decline: 'it was declined',
};
const FOLLOWS: Record<Outcome, string> = {
  approve: 'Nothing stood in its way.',
  review: 'It was not to be carried out before somebody had looked at it.',
  decline: 'The answer was not to carry it out.',
};
/** What was sent, in words; several fields of one thing are told once. */
const SENT: readonly (readonly [words: string, ...fields: string[]])[] = [
  ['your account', 'userId', 'accountAgeDays'],
  ['the amount', 'amount'],
  ['the time', 'transactionDate'],
  ['what was bought and of whom', 'productCategory', 'merchantId', 'mcc', 'payeeId'],
  ['the means of payment', 'instrument', 'cardId', 'cardBin', 'cardLast4', 'cardBrand', 'cardCountry', 'cardFunding'],
  ['the device', 'deviceId'],
  ['the network address', 'ip'],
  ['the e-mail address', 'email'],
  ['the place', 'country', 'customerLocation', 'latitude'],
  ['the way it came in', 'channel', 'remote', 'initiator'],
  ['details that the merchant added', 'metadata'],
];
const REASONS_TOLD = 3;

/**
 * A decision for the person whom it concerns, as Articles 15(1)(h) and 22(3) of the GDPR ask for it: what was decided and by what, the
 * principles and the data that led to it, what follows, and what may be asked for. Never what would have changed it: that would coach a
 * thief. A draft: whoever sends it adds who they are.
 */
export function letterOf(view: DecidedView): string {
  const { id, type, amount, currency, decision, review } = view;
  const utc = (time: string) => `${moment(Date.parse(time), 0)} UTC`;
  const what = `${type}${amount === null ? '' : ` of ${money(amount, currency)}`}`;
  const sent = SENT.filter(([, ...fields]) => fields.some((field) => isGiven(view, field))).map(([words]) => words);
  const parts: [heading: string, ...sentences: (string | undefined)[]][] = [
    [
      'What was decided',
      `On ${utc(view.createdAt)} ${DECIDED[decision]}.`,
      'A program decided this; no person took part.',
      review && `On ${utc(review.at)} it was ${review.action === 'release' ? 'let through' : 'cancelled'}.`,
    ],
    ['Why', ...whyOf(view)],
    [
      'How this works',
      'A statistical model compares what is sent with what those who take part in it did before, and estimates from earlier payments that turned out to be fraud, or not, how likely this one is.',
      'Rules that people wrote may say more. The answer is to approve, to hold or to decline.',
      `Used were ${series(sent)}, earlier payments that share one of these, and what became of them.`,
    ],
    [
      'What follows from it',
      FOLLOWS[decision],
      'It stays known, with what becomes of it, and counts where later payments of the same account, card or device are judged.',
    ],
    [
      'What you may ask for',
      'That a person looks at it again, to say how you see it, and to contest the decision (GDPR, Article 22(3)); and a copy of the data that is kept about you (Article 15(3)).',
      '[To whom to write, and until when an answer comes.]',
    ],
    [
      'What is not told',
      'By how much something would have to differ for another answer: it would help those who pay with what is not theirs.',
    ],
  ];
  const told = parts.map(([heading, ...said]) => `${heading}\n${said.filter((one) => one !== undefined).join(' ')}`);
  return [`About the ${what} on ${utc(view.transactionDate)} (${id})`, ...told].join('\n\n');
}

function isGiven(view: object, field: string): boolean {
  const value = (view as Record<string, unknown>)[field];
  return value !== undefined && value !== null;
}

function whyOf({
  decision,
  decidedBy = 'model',
  probability,
  degraded,
  fraudExplanation,
  reasons,
}: DecidedView): string[] {
  const isRule = decidedBy.startsWith('rule:');
  const [words] = fraudExplanation.split(' The model’s risk');
  const rule = isRule ? [words, 'The rule says so whatever the model estimates.'] : [];
  if (probability === undefined || (degraded && reasons.length === 0))
    return [...rule, 'No model took part in this one.'];
  const drawn =
    decidedBy === 'control' ? ['It was let through to learn from, though it would have been declined.'] : [];
  const said = (outcome: Outcome) =>
    reasonsFor(outcome, reasons, REASONS_TOLD)
      .map(({ message }) => sentenceOf(message))
      .join('; ');
  const [against, forIt] = [said('decline'), said('approve')];
  return [
    ...rule,
    ...drawn,
    `The risk of fraud was estimated at ${percent(probability)}${decision === 'approve' || isRule ? '' : ', which is above what is let through at once'}.`,
    ...(against === '' ? [] : [`What spoke for fraud: ${against}.`]),
    ...(forIt === '' ? [] : [`What spoke against it: ${forIt}.`]),
  ].map(capital);
}
