/** What the API answers, as far as the dashboard reads it. Times are RFC 3339, UTC; amounts major units. */

export type Outcome = 'approve' | 'review' | 'decline';
export type Status = 'processing' | 'pending' | 'finalized' | 'failed';
export type LabelValue = 'fraud' | 'legitimate';
export type LabelSource = 'chargeback' | 'analyst' | 'customer';

export interface Reason {
  code: string;
  value: number | null;
  /** Log-odds. */
  contribution: number;
  message: string;
}

export type LabelState = LabelValue | 'presumed' | 'immature' | 'blocked';

export interface Label {
  id: string;
  /** `none` takes back what the source said. */
  label: LabelValue | 'none';
  source: LabelSource;
  note?: string;
  /** A person settled it, against all that others say. */
  pinned?: boolean;
  /** Of a case that was resolved. */
  caseId?: string;
  occurredAt?: string;
  recordedAt: string;
}

/** What became of a payment. */
export interface PaymentEvent {
  id: string;
  type: 'authorized' | 'refused' | 'settled' | 'voided' | 'refunded';
  at: string;
  recordedAt?: string;
  /** Of the payment's currency; absent: all of it. */
  amount?: number;
  code?: string;
  avs?: string;
  cvc?: string;
  threeDS?: string;
}

export interface DisputeNews {
  kind: 'early_warning' | 'dispute';
  scheme: string;
  reasonCode: string;
  amount?: number;
  currency?: string;
  reportedAt: string;
  recordedAt: string;
  sequence: number;
  status: 'open' | 'won' | 'lost' | 'reversed';
}

/** As it stands, with all that was told of it in `history`. */
export interface Dispute extends Omit<DisputeNews, 'recordedAt' | 'sequence'> {
  id: string;
  /** The code in words, where it is known. */
  reason?: string;
  /** What it says of the payment. */
  label: 'fraud' | 'none';
  history: DisputeNews[];
}

/** What happened to a payment that was held. */
export interface Review {
  action: 'release' | 'cancel';
  at: string;
  reason?: string;
  /** Nobody reviewed it in time. */
  expired?: boolean;
}

export interface TransactionInput {
  id?: string;
  userId: string;
  type?: TransactionType;
  /** Logins and registrations do without. */
  amount?: number;
  currency?: string;
  productCategory?: string;
  customerLocation?: string;
  accountAgeDays?: number;
  transactionDate?: string;
  merchantId?: string;
  cardId?: string;
  deviceId?: string;
  ip?: string;
  email?: string;
  country?: string;
  latitude?: number;
  longitude?: number;
  channel?: string;
  cardBin?: string;
  cardLast4?: string;
  cardBrand?: string;
  cardCountry?: string;
  cardFunding?: string;
  instrument?: string;
  /** Payer and payee are apart. */
  remote?: boolean;
  initiator?: 'customer' | 'merchant';
  payeeId?: string;
  mcc?: string;
  metadata?: Record<string, unknown>;
}

export type TransactionType = 'payment' | 'login' | 'registration' | 'payout';

/** A transaction as reads show it. The decision is absent while it is processed, or where it failed. */
export interface Transaction extends Omit<TransactionInput, 'amount' | 'type'> {
  id: string;
  type: TransactionType;
  /** null where nothing is paid. */
  amount: number | null;
  tempId?: string;
  currency: string;
  transactionDate: string;
  createdAt: string;
  updatedAt?: string;
  status: Status;
  amountBase?: number | null;
  decision?: Outcome;
  score?: number;
  probability?: number;
  isFraudulent?: boolean;
  fraudExplanation?: string;
  reasons?: Reason[];
  rules?: RuleHit[];
  /** Absent in records of before there was a policy. */
  policyVersion?: number;
  /** `model`, `rule:ID`, `control` or `none`. */
  decidedBy?: string;
  actions?: string[];
  /** It may go without strong authentication, in euros. */
  sca?: { exemption: 'tra'; upTo: number };
  control?: { share: number; would: Outcome };
  model?: { name: string; version: string };
  degraded?: boolean;
  oodWarning?: string[];
  latencyMs?: number;
  warnings?: string[];
  error?: string;
  label?: LabelValue;
  labels?: Label[];
  /** The label in force. */
  effective?: {
    label: LabelValue;
    source: LabelSource | 'dispute';
    at: string;
    pinned?: boolean;
    disputeId?: string;
  };
  labelState?: LabelState;
  disputes?: Dispute[];
  /** By the time when they happened. */
  events?: PaymentEvent[];
  review?: Review;
  finalizedAt?: string;
  overridden?: boolean;
}

export interface Page<T> {
  data: T[];
  hasMore: boolean;
  nextCursor: string | null;
}

export interface SeriesPoint {
  /** Start of the interval. */
  at: string;
  count: number;
  approve: number;
  review: number;
  decline: number;
  p50: number;
  p95: number;
  p99: number;
  /** By currency. */
  amounts: Record<string, { total: number; blocked: number }>;
  /** In the base currency; `unconverted` payments had no rate. */
  amountBase: { total: number; blocked: number; unconverted: number };
}

export interface Stats {
  window: string;
  from: string;
  to: string;
  count: number;
  decisions: Record<Outcome, number>;
  rates: Record<Outcome | 'fraud', number>;
  statuses: Record<string, number>;
  labels: Record<LabelValue, number>;
  labelStates: Record<LabelState, number> & { at: string };
  amounts: Record<string, { total: number; blocked: number }>;
  /** In the base currency; `unconverted` payments had no rate. */
  amountBase: { total: number; blocked: number; unconverted: number };
  /** Ten bins: 0–9, …, 90–100. */
  scoreHistogram: number[];
  series: SeriesPoint[];
  latencyMs: { p50: number; p95: number; p99: number };
  topReasons: { code: string; count: number }[];
  /** Entities with the most reviews and declines. */
  topEntities: { type: string; id: string; alerts: number }[];
  places: { country: string; count: number; alerts: number }[];
}

/** A live or shadow rule that hit; `shadow` also where a live rule's rollout left the payment out. */
export interface RuleHit {
  id: string;
  version: number;
  outcome: Outcome;
  mode: 'live' | 'shadow';
  priority: number;
}

/** A rule of the policy's version that decided; a clause is null where something was absent. */
export interface RuleExplained {
  id: string;
  version: number;
  hit: boolean;
  mode: 'live' | 'shadow';
  clauses: { text: string; value: boolean | null }[];
}

export interface Explanation {
  transactionId: string;
  model: { name: string; version: string } | null;
  /** Log-odds before any feature is known; with all contributions it is `rawScore`. */
  baseValue: number;
  rawScore: number;
  probability: number;
  contributions: Reason[];
  rules: RuleExplained[];
  /** Why there are no contributions although a model decided. */
  incomplete?: string;
}

export interface Counterfactuals {
  counterfactuals: {
    changes: { field: string; from: unknown; to: unknown; message: string }[];
    decision: Outcome;
    probability: number;
  }[];
  /** Why there are none. */
  none?: string;
}

/** Calibrated probabilities from which a payment is reviewed or declined. */
export interface Thresholds {
  review: number;
  decline: number;
}

export interface Models {
  /** Version of the one that decides; null while none does. */
  champion: string | null;
  data: { version: string; thresholds: Thresholds }[];
}

/** Something that happened to a transaction, and who did it; null for the server itself, or while there are no keys. */
export interface Happening {
  at: string;
  type: string;
  by: string | null;
  byName: string | null;
  detail: Record<string, unknown> | null;
}

export interface EntityView {
  type: string;
  id: string;
  transactions: Transaction[];
  /** By its newest 200 payments; `firstAt` and `lastAt` of those. */
  linked: Linked[];
  life: EntityLife;
  /** Names of the lists that name it. */
  lists: string[];
  /** Whether it is a user who is registered. */
  registered: boolean;
}

export interface Linked {
  type: string;
  id: string;
  transactions: number;
  firstAt: string;
  lastAt: string;
}

/** Amounts in the base currency. */
export interface EntityLife {
  payments: number;
  /** Only the newest are counted. */
  truncated: boolean;
  firstAt: string | null;
  lastAt: string | null;
  decisions: { approve: number; review: number; decline: number };
  labels: { fraud: number; legitimate: number };
  amountBase: { total: number; declined: number; fraud: number; unconverted: number };
}

/** Whoever paid; figures are of the newest 200 payments. */
export interface Customer {
  id: string;
  /** Of whoever is registered. */
  name: string | null;
  email: string | null;
  payments: number;
  /** There are more payments than are counted. */
  more: boolean;
  firstAt: string | null;
  lastAt: string | null;
  amountBase: number;
  stopped: number;
  fraud: number;
}

export interface User {
  id: string;
  userId: string;
  name: string;
  email: string;
  createdAt: string;
  updatedAt: string;
}

export type Scope = 'ingest' | 'read' | 'review' | 'policy' | 'admin';

export interface Session {
  /** The server has no keys: everything is allowed, on its own machine only. */
  keyless: boolean;
  /** The key that signed in; null where nobody did. */
  keyName: string | null;
  scopes: Scope[];
  csrfToken: string | null;
  expiresAt: string | null;
  /** What `amountBase` is in; absent while nobody is signed in. */
  baseCurrency?: string;
}

export interface Health {
  status: 'healthy' | 'degraded' | 'unhealthy';
  model_loaded: boolean;
  journal: 'ok' | 'failed';
  database: 'ok' | 'unavailable';
  rates: {
    base: string;
    source: string;
    newest: string | null;
    state: 'ok' | 'old' | 'none';
    missing: Record<string, number>;
  };
  model?: string;
}

export interface Problem {
  type?: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
  requestId?: string;
}

export type LiveType =
  | 'transaction.decided'
  | 'transaction.finalized'
  | 'transaction.narrated'
  | 'transaction.reviewed'
  | 'label.recorded'
  | 'dispute.recorded'
  | 'event.recorded'
  | 'alert'
  | 'case.changed'
  | 'stats'
  | 'model.promoted'
  | 'policy.changed';

export interface LiveEvent {
  seq: number;
  type: LiveType;
  at: string;
  data: Record<string, unknown>;
}
