import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import type { AnswerStore } from '../domain/answer-store.ts';
import type { Clock } from '../domain/clock.ts';
import type { Rates } from '../domain/rates.ts';
import type { Backtests } from '../engine/backtest/backtests.ts';
import type { CardScorer } from '../engine/cards.ts';
import type { Challengers } from '../engine/challengers.ts';
import type { Drift } from '../engine/drift/drift.ts';
import type { Engine } from '../engine/engine.ts';
import type { Guard } from '../engine/guard/guard.ts';
import type { PolicyService } from '../engine/policy/policy.ts';
import type { Proofs } from '../engine/proof/proofs.ts';
import type { Roster } from '../engine/roster.ts';
import type { StatelessJudge } from '../engine/stateless.ts';
import type { Iso8583Map } from '../intake/iso8583/map.ts';
import type { IntakeRules } from '../intake/transaction.ts';
import type { Journal } from '../journal/journal.ts';
import type { Mirror } from '../journal/mirror/mirror.ts';
import type { Registry } from '../models/registry.ts';
import type { Narration } from '../narrator/narration.ts';
import type { CaseLabels } from '../projections/case-labels.ts';
import type { Commands } from '../projections/commands.ts';
import type { Erasures } from '../projections/erasures.ts';
import type { Feed } from '../projections/feed.ts';
import type { Keys } from '../projections/keys.ts';
import type { Projector } from '../projections/projector.ts';
import type { Replica } from '../projections/replica/replica.ts';
import type { QueryStore } from '../projections/store.ts';
import type { Webhooks } from '../projections/webhooks/webhooks.ts';
import type { FleetFigures } from './metrics/fleet.ts';
import type { RateLimiter } from './rate-limit.ts';

/** Posts made-up payments to this very server, bounded in rate and time. */
export interface Demo {
  /** Starts it, or starts it anew. Payments a second, and for how long. */
  start(options: { rate: number; seconds: number }): DemoStatus;
  status(): DemoStatus;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<DemoStatus>;
}

export interface DemoStatus {
  running: boolean;
  rate: number;
  seconds: number;
  /** Decided, and labels posted. */
  posted: number;
  labelled: number;
  failed: number;
  /** Milliseconds; absent where it never ran. */
  startedAt?: number;
  endsAt?: number;
  /** Why it ended before its time. */
  stopped?: string;
}

/** The model of `/v1/fraud-score`, or why there is none. */
export interface CardService {
  scorer?: CardScorer;
  /** RFC 3339. */
  trainedAt?: string;
  problem?: string;
}

/** The models of `/api/v1/predict_fraud`, or why there are none. */
export interface StatelessService {
  judge?: StatelessJudge;
  problem?: string;
}

/** What the processes of a fleet share, besides the journal. */
export interface FleetParts {
  /** Whether Redis answers. */
  readonly profilesHealthy: boolean;
  /** Why it does not. */
  readonly profilesProblem?: string | undefined;
  /** Changes of the policy are known of here, and have not been in force within a second. */
  readonly policyBehind: boolean;
  limiter: RateLimiter;
  /** What its parts count, for /metrics. */
  figures: FleetFigures;
}

/** What `app.ts` hands to the HTTP edge. */
export interface Services {
  config: Config;
  /** What transactions are taken in by. */
  rules: IntakeRules & { rates: Rates & { readonly missing: Readonly<Record<string, number>> } };
  /** How messages of ISO 8583 are read. */
  iso8583: Iso8583Map;
  clock: Clock;
  /** When this process began, by the clock. */
  startedAt: number;
  /** `lines`: written so far, by level, for /metrics. */
  log: FastifyBaseLogger & { lines?: Readonly<Record<string, number>> };
  journal: Journal;
  engine: Engine;
  commands: Commands;
  /** Queries; await `projector.settled()` first, so that a read reflects all that was acknowledged before it. */
  store: QueryStore;
  projector: Projector;
  keys: Keys;
  /** What requests with an Idempotency-Key were answered, where the journal does not hold that. */
  answers: AnswerStore;
  /** Records what a resolution of a case labels. */
  caseLabels: CaseLabels;
  /** The stream of made-up payments; absent where it is off. */
  demo?: Demo;
  feed: Feed;
  webhooks: Webhooks;
  erasures: Erasures;
  /** The database that belongs to this process; undefined where it is another's. */
  embedded?: { readonly problem: string | undefined } | undefined;
  /** Every model that is kept. */
  registry: Registry;
  /** Rules, lists, thresholds and the control share. */
  policy: PolicyService;
  /** What policies would have done. */
  backtests: Backtests;
  /** Which of them decides, and which is scored beside. */
  roster: Roster;
  challengers: Challengers;
  /** What labels say of models and policies. */
  proofs: Proofs;
  drift: Drift;
  /** What the guard of models sees; it acts by itself. */
  guard: Pick<Guard, 'state'>;
  /** Decisions and cases in words. */
  narration: Narration;
  /** What this process shares with others; absent on one machine. */
  fleet?: FleetParts;
  /** The copy in Convex; absent where none is configured. */
  replica?: Replica;
  /** A copy of the journal elsewhere, where one is configured. */
  mirror?: Pick<Mirror, 'stats'>;
  /** Set once this process is about to stop: then it is ready for nothing new. */
  draining?: boolean;
  cards: CardService;
  stateless: StatelessService;
  /** Names, definitions and words of the features that the serving model reads. */
  features: () => { name: string; description: string; usual: string; entity?: string; windowSeconds?: number }[];
}
