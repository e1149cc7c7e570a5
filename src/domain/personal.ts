import { PERSONAL_FIELDS } from './fields.ts';

/**
 * What of each kind of record says who someone is, by field: the one table that an erasure goes by. `personal` names what leaves the
 * record's block of personal fields, `all` or some; `data` what leaves the public part; `idle` says why nothing does.
 *
 * Coordinates stay: profiles measure distances by them, and a replay must give the same vectors. Ids stay as pseudonyms.
 */
export interface PersonalParts {
  readonly personal?: 'all' | readonly string[];
  /** `bodyHash` is a hash of all that was sent: whoever guesses the rest could tell that the guess is right. */
  readonly data?: readonly string[];
  readonly idle?: string;
}

/** What distances are measured by. */
export const KEPT_FOR_PROFILES = ['latitude', 'longitude'] as const;

const ofPayment: PersonalParts = {
  personal: PERSONAL_FIELDS.filter((name) => !(KEPT_FOR_PROFILES as readonly string[]).includes(name)),
  data: ['bodyHash'],
};
const POLICY = { idle: 'rules and lists are the organisation’s own, and decide payments' } as const;
const MODELS = { idle: 'of models' } as const;
const KEYS = { idle: 'of keys of the API' } as const;
const WEBHOOKS = { idle: 'of receivers; what they are told is read from the other records' } as const;

export const PERSONAL_PARTS: Readonly<Record<string, PersonalParts>> = {
  decision: ofPayment,
  intake: ofPayment,
  amend: { personal: 'all', data: ['bodyHash'] },
  failed: { data: ['error'] },
  label: { data: ['note', 'bodyHash'] },
  'label.withdraw': { data: ['note', 'bodyHash'] },
  finalize: { data: ['reason', 'bodyHash'] },
  review: { personal: 'all', data: ['bodyHash'] },
  narrative: { personal: 'all' },
  case: { personal: 'all', data: ['bodyHash'] },
  event: { data: ['bodyHash'] },
  dispute: { data: ['bodyHash'] },
  delete: { idle: 'an id' },
  'user.create': { personal: 'all', data: ['bodyHash'] },
  'user.update': { personal: 'all', data: ['bodyHash'] },
  'user.delete': { idle: 'an id' },
  erasure: { personal: 'all' },
  'erasure.done': { idle: 'counts' },
  'key.create': KEYS,
  'key.revoke': KEYS,
  'model.promote': MODELS,
  'model.shadow': MODELS,
  'model.keep': MODELS,
  'model.canary': MODELS,
  'webhook.create': WEBHOOKS,
  'webhook.update': WEBHOOKS,
  'webhook.delete': WEBHOOKS,
  'webhook.resume': WEBHOOKS,
  'webhook.told': WEBHOOKS,
  'policy.rule': POLICY,
  'policy.thresholds': POLICY,
  'policy.control': POLICY,
  'policy.restore': POLICY,
  'policy.list': POLICY,
  'policy.entries': POLICY,
  desk: { idle: 'queues, templates of notes and absences are the team’s own' },
  entity: { personal: 'all', data: ['bodyHash'] },
  view: { idle: 'how a list is looked at; whose payments they are is not kept in it' },
  drift: { idle: 'statistics' },
  audit: { idle: 'nothing writes it any more' },
  void: { idle: 'empty' },
};

/** What is left of a record; undefined where nothing was in it, or has left already. */
export function withoutPersonal(record: {
  type: string;
  data: Record<string, unknown>;
  personal?: Record<string, unknown> | undefined;
}): { data: Record<string, unknown>; personal?: Record<string, unknown> | undefined } | undefined {
  const parts = PERSONAL_PARTS[record.type];
  if (parts === undefined || parts.idle !== undefined) return undefined;
  const data = { ...record.data };
  let changed = false;
  for (const name of parts.data ?? []) {
    if (data[name] === undefined || data[name] === '') continue;
    // A hash that is empty is that of no body: a repetition is told that the id is taken.
    if (name === 'bodyHash') data[name] = '';
    else delete data[name];
    changed = true;
  }
  if (record.personal === undefined || parts.personal === undefined)
    return changed ? { data, personal: record.personal } : undefined;
  const kept =
    parts.personal === 'all'
      ? []
      : Object.entries(record.personal).filter(([name]) => !parts.personal?.includes(name as never));
  if (kept.length === Object.keys(record.personal).length && parts.personal !== 'all')
    return changed ? { data, personal: record.personal } : undefined;
  return { data, personal: kept.length > 0 ? Object.fromEntries(kept) : undefined };
}

/**
 * The same of a transaction as the database shows it, by path; `[]` is each of a list. What a decision says in words is told of
 * counts and amounts, and stays.
 */
export const PERSONAL_OF_VIEW: readonly string[] = [
  ...(ofPayment.personal as readonly string[]),
  ...['error', 'overrideReason', 'review.reason', 'labels[].note'],
];

/** A transaction without them, in place. */
export function eraseView(view: Record<string, unknown>): void {
  for (const path of PERSONAL_OF_VIEW) eraseAt(view, path.split('.'));
}

function eraseAt(value: unknown, [name = '', ...rest]: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  if (name.endsWith('[]')) {
    const list = holder[name.slice(0, -2)];
    for (const one of Array.isArray(list) ? list : []) eraseAt(one, rest);
  } else if (rest.length > 0) eraseAt(holder[name], rest);
  else delete holder[name];
}
