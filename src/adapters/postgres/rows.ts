import { coreEntity, type EntitySource, entityKey, keysToday } from '../../domain/entity.ts';
import { DETAIL_NAMES } from '../../domain/fields.ts';
import type { Truth } from '../../domain/label-state.ts';
import {
  type DecisionData,
  type IntakeData,
  intakeView,
  type RecordedEntities,
  transactionView,
} from '../../domain/records.ts';
import type { TransactionStatus } from '../../domain/transaction.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { truthIn } from '../../projections/life.ts';
import type { TransactionView } from '../../projections/store.ts';

/** A row of `transactions`: what lists filter and stats add up, and the view that reads answer with. */
export interface TransactionRow {
  id: string;
  sequence: number;
  createdAt: string;
  userId: string;
  status: TransactionStatus;
  decision: string | null;
  score: number | null;
  probability: number | null;
  currency: string;
  amountMinor: number;
  /** Hundredths of the base currency; null where there is an amount and no rate. */
  baseMinor: number | null;
  minorDigits: number;
  latencyUs: number | null;
  /** The label in force. */
  label: string | null;
  /** What happened to it where it was held. */
  review: 'release' | 'cancel' | null;
  truth: Truth['kind'];
  /** Where its truth is open: since when it is executed and undisputed, milliseconds. */
  since: number | null;
  entities: number[];
  reasons: string[] | null;
  /** Version of the model that decided; null where none did. */
  model: string | null;
  country: string | null;
  view: TransactionView;
}

/** How entities are found in a view: the configured types, and the field of each that is not a core one. */
export interface EntityNames {
  types: readonly string[];
  fields: Readonly<Record<string, string>>;
  /** Bits of an IPv6 address that name a network. */
  ipv6Prefix?: number;
}

export function decisionRow(record: JournalRecord, types: readonly string[]): TransactionRow {
  const data = record.data as unknown as DecisionData;
  const { decision } = data;
  const view = transactionView(data, record.personal, record.at);
  const common = commonColumns(record, data, types);
  return {
    ...common,
    status: 'pending',
    decision: decision.decision,
    score: decision.score,
    probability: decision.probability,
    latencyUs: Math.max(0, Math.min(Number((data.latencyMs * 1000).toPrecision(3)), 2e9)) | 0,
    entities: [...common.entities, ...ruleKeys(decision.rules)],
    reasons:
      decision.decision === 'approve'
        ? null
        : decision.reasons.filter(({ contribution }) => contribution > 0).map(({ code }) => code),
    model: decision.model?.version ?? null,
    createdAt: view.createdAt,
    view,
  };
}

export function intakeRow(record: JournalRecord, types: readonly string[]): TransactionRow {
  const data = record.data as unknown as IntakeData;
  const view = intakeView(data, record.personal, record.at);
  return {
    ...commonColumns(record, data, types),
    status: 'processing',
    decision: null,
    score: null,
    probability: null,
    latencyUs: null,
    reasons: null,
    model: null,
    createdAt: view.createdAt,
    view,
  };
}

function commonColumns(record: JournalRecord, data: IntakeData, types: readonly string[]) {
  const { transaction } = data;
  return {
    id: transaction.id,
    sequence: record.sequence,
    userId: transaction.userId,
    currency: transaction.currency,
    // Where nothing is paid there is nothing to add up.
    amountMinor: transaction.amountMinor ?? 0,
    minorDigits: minorDigits(transaction.amount ?? 0, transaction.amountMinor ?? 0),
    baseMinor: baseMinor(transaction.amount, transaction.amountBase),
    ...{ label: null, review: null, truth: 'blocked' as const, since: null },
    country: transaction.country ?? null,
    entities: [
      ...keysOf(data, record.personal).filter((key, index) => key !== 0 && types[index] !== 'user'),
      ...laterKeys(data),
      ...amountKeys(transaction.amount),
    ],
  };
}

/** What names its keys was recorded when each thing had one spelling. */
const keysOf = ({ entities, named }: IntakeData, personal: JournalRecord['personal']) =>
  named === undefined ? keysToday(entities, personal) : entities;

/** Columns that follow from what the view tells. */
export function standingColumns(
  view: TransactionView,
): Pick<TransactionRow, 'label' | 'review' | 'truth' | 'since' | 'baseMinor'> {
  const truth = truthIn(view);
  return {
    label: (view.label as string | undefined) ?? null,
    review: (view.review as { action: 'release' | 'cancel' } | undefined)?.action ?? null,
    truth: truth.kind,
    since: truth.kind === 'open' ? truth.since : null,
    baseMinor: baseMinor(view.amount, view.amountBase),
  };
}

/** Where nothing is paid there is nothing to convert. */
function baseMinor(amount: unknown, amountBase: unknown): number | null {
  if (typeof amount !== 'number') return 0;
  if (typeof amountBase !== 'number') return null;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(amountBase * 100));
}

/** Decimals of the currency's minor unit, from an amount in both units. An amount of 0 tells nothing and needs nothing. */
function minorDigits(amount: number, amountMinor: number): number {
  if (amount === 0 || amountMinor === 0) return 0;
  return Math.max(0, Math.min(18, Math.round(Math.log10(amountMinor / amount))));
}

/** Keys that a record holds by name alone. */
function laterKeys({ entities, named = {} }: RecordedEntities): number[] {
  return Object.values(named).filter((key) => !entities.includes(key));
}

/** What a view names as its entity of a type: the value that `entityKey` hashes. */
export function entityOfView(view: TransactionView, type: string, names: EntityNames): string | undefined {
  const path = names.fields[type];
  if (path === undefined) return coreEntity(type, view as EntitySource, names.ipv6Prefix);
  let value: unknown = view;
  for (const part of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export function entitiesOfView(view: TransactionView, names: EntityNames): number[] {
  return names.types
    .filter((type) => type !== 'user')
    .map((type) => entityKey(type, entityOfView(view, type, names)))
    .filter((key) => key !== 0)
    .concat(amountKeys(view.amount))
    .concat(ruleKeys(view.rules as DecisionData['decision']['rules'] | undefined));
}

/** Types of what the entities begin with; '' of what it does not tell the name of: amounts, rules, what was erased. */
export function entityTypesOf({ entities, view }: TransactionRow, names: EntityNames): string[] {
  const types = new Map(names.types.map((type) => [entityKey(type, entityOfView(view, type, names)), type]));
  types.delete(0);
  const last = entities.findLastIndex((key) => types.has(key));
  return entities.slice(0, last + 1).map((key) => types.get(key) ?? '');
}

/** Rules that hit are found as entities are. */
function ruleKeys(rules: DecisionData['decision']['rules'] = []): number[] {
  return rules.map(({ id }) => ruleKey(id));
}

/** An amount is found as entities are, whatever its currency; 0 where nothing is paid. Major units. */
export const amountKey = (amount: unknown): number =>
  typeof amount === 'number' ? entityKey('amount', String(amount)) : 0;

const amountKeys = (amount: unknown): number[] => [amountKey(amount)].filter((key) => key !== 0);

/** The key of a rule among those of entities. */
export const ruleKey = (id: string): number => entityKey('rule', id);

const AMENDABLE = new Set<string>([
  ...['userId', 'amount', 'currency', 'transactionDate', 'amountBase', 'baseRate', 'warnings'],
  ...DETAIL_NAMES,
]);
const REQUIRED = new Set(['userId', 'amount', 'currency', 'transactionDate', 'amountBase', 'baseRate']);

/** The row with changes to its own fields; what was decided of it stays. A null removes an optional field. */
export function amendRow(
  row: TransactionRow,
  changes: Record<string, unknown>,
  at: number,
  names: EntityNames,
): TransactionRow {
  const view: TransactionView = { ...row.view, updatedAt: new Date(at).toISOString() };
  for (const [name, value] of Object.entries(changes)) {
    if (name === 'time' && typeof value === 'number') view.transactionDate = new Date(value).toISOString();
    if (!AMENDABLE.has(name)) continue;
    // Amended into a currency without a rate, it has none.
    if (value === null && (name === 'amountBase' || name === 'baseRate')) view[name] = null;
    else if (value !== null && value !== undefined) view[name] = value;
    else if (!REQUIRED.has(name)) delete view[name];
  }
  const { amountMinor, minorDigits: digits } = amendedAmount(row, view, changes);
  return {
    ...row,
    userId: String(view.userId),
    currency: String(view.currency),
    amountMinor,
    minorDigits: digits,
    baseMinor: baseMinor(view.amount, view.amountBase),
    country: typeof view.country === 'string' ? view.country : null,
    entities: entitiesOfView(view, names),
    view,
  };
}

function amendedAmount(row: TransactionRow, view: TransactionView, changes: Record<string, unknown>) {
  const amount = Number(view.amount);
  if (typeof changes.amountMinor === 'number')
    return { amountMinor: changes.amountMinor, minorDigits: minorDigits(amount, changes.amountMinor) };
  if (changes.amount === undefined && changes.currency === undefined) return row;
  const digits = currencyDigits(String(view.currency));
  return { amountMinor: Math.round(amount * 10 ** digits), minorDigits: digits };
}

function currencyDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}
